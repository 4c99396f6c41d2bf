"""How each person wants to be written to: when, about what, and by which way first."""
