"""One shift."""

