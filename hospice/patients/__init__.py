"""The patients: how they like to be called, and what those who visit must know."""
