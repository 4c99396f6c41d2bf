"""What people say to us: thanks, suggestions and concerns, and what becomes of each."""
