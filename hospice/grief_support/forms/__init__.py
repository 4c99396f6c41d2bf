"""Parsing and shape of what is written down about families, deaths and losses."""
