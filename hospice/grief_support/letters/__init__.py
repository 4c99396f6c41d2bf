"""What a letter or card says, and how it stands on paper."""
