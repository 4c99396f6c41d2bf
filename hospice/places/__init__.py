"""Wards and home visits: where volunteers go."""
