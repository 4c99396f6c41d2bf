"""Writing down families and deaths, and what follows from a death at once."""
