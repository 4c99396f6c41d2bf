"""What happened, who did it, and to which records; only ever added to."""
