"""The stories run in a real browser, against a real server."""

from tests.browser import chromium, live

__all__ = ["chromium", "live"]
