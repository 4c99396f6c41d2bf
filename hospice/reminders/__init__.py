"""Messages: queued from notices, claimed once, sent, and settled."""
