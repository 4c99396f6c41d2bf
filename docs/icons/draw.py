# ruff: noqa: INP001 - a tool that is run by hand, in no package
"""Draw the icons of the home screen from the mark of `static/icon.svg`: python docs/icons/draw.py."""

import math
import struct
import zlib
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"
TEAL, WHITE = (0x1F, 0x5C, 0x63), (0xFF, 0xFF, 0xFF)
HALF_STROKE = 1.1
# The two arches of the mark, in the 24 x 24 units of icon.svg: foot x, top y, radius, foot y.
ARCHES = ((5.0, 11.0, 3.9, 19.0), (12.8, 14.7, 3.3, 19.0))


def from_line(x: float, y: float, at: float, top: float, foot: float) -> float:
    """Return the distance to an upright line."""
    return math.hypot(x - at, y - min(max(y, top), foot))


def from_mark(x: float, y: float) -> float:
    """Return the distance to the middle of the mark's stroke."""
    found = []
    for left, top, radius, foot in ARCHES:
        middle = left + radius
        found += [from_line(x, y, at, top, foot) for at in (left, left + 2 * radius)]
        if y <= top:
            found.append(abs(math.hypot(x - middle, y - top) - radius))
    return min(found)


def from_square(x: float, y: float, corner: float) -> float:
    """Return how far outside the rounded square a point lies (negative: inside)."""
    right, down = abs(x - 12) - 12 + corner, abs(y - 12) - 12 + corner
    return math.hypot(max(right, 0), max(down, 0)) + min(max(right, down), 0) - corner


def draw(name: str, size: int, *, corner: float, share: float) -> None:
    """Write one icon: `corner` in units of the drawing, `share` how much of it the mark takes."""
    unit = 24 / size
    rows = bytearray()
    for row in range(size):
        rows.append(0)
        for column in range(size):
            x, y = (column + 0.5) * unit, (row + 0.5) * unit
            square = min(max(0.5 - from_square(x, y, corner) / unit, 0), 1)
            distance = from_mark(12 + (x - 12) / share, 12 + (y - 12) / share) - HALF_STROKE
            ink = min(max(0.5 - distance * share / unit, 0), 1)
            rows += bytes(
                round(under + (over - under) * ink) for under, over in zip(TEAL, WHITE, strict=True)
            )
            rows.append(round(255 * square))
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    (STATIC / name).write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            for kind, body in parts
        )
    )


if __name__ == "__main__":
    draw("icon-192.png", 192, corner=5, share=1)
    draw("icon-512.png", 512, corner=5, share=1)
    # Phones cut these to a shape of their own: colour to the edge, the mark in the middle.
    draw("icon-whole-512.png", 512, corner=0, share=0.8)
    draw("icon-touch.png", 180, corner=0, share=0.9)
