"""Counting what a person does: each tap and each field that is written in is one interaction."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page


@dataclass
class Taps:
    """A page, and how often its person touched it."""

    page: Page
    count: int = 0

    def open(self, link: str) -> None:
        """Tap a link that stands in a message."""
        self.count += 1
        self.page.goto(link)

    def tap(self, where: str | Locator) -> None:
        """Tap something that is visible, and wait for what follows."""
        self.count += 1
        found = self.page.locator(where) if isinstance(where, str) else where
        found.first.click()
        self.page.wait_for_load_state()

    def write(self, where: str, words: str) -> None:
        """Write something into one field."""
        self.count += 1
        self.page.fill(where, words)
