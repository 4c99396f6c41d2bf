"""The volunteers: who they are, when they can come, and when they are away."""
