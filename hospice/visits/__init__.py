"""What happened at the bedside: the visit notes."""
