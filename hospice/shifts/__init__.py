"""Weekly shifts, the dated shifts they make, and who is on them."""
