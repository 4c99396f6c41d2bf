"""What is asked about shifts; one noun a module."""
