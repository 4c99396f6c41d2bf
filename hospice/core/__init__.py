"""Floor 0: knows no feature and no request."""
