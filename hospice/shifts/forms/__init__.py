"""What is typed about shifts."""
