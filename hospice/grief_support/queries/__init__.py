"""Everything that is asked about families and deaths."""
