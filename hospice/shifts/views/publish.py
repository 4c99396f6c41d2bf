"""The check page before publishing."""

