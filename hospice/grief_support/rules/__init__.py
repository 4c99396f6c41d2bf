"""What is decided about a death, a family and its support, without a database."""
