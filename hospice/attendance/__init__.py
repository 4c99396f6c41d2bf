"""Who came, from when to when; what was counted; and how the team is afterwards."""
