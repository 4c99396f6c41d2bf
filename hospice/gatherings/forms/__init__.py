"""The forms of gatherings, of invitations and of remembrance."""
