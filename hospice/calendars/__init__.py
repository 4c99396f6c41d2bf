"""Calendars to subscribe to: a volunteer's own shifts, and all shifts of a place."""
