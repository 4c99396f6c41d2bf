"""Everything that is asked about gatherings, and about who is remembered."""
