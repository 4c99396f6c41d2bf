"""Decisions about shifts that need no database; one noun a module."""
