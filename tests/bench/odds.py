"""What a count of failures says at most: the upper bound of Clopper and Pearson."""

from math import comb


def at_most(failures: int, of: int, *, confidence: float = 0.95) -> float:
    """Return the rate that the true one does not exceed, with one-sided confidence.

    Nought of 200 means below 1.5 %, nought of 1,000 below 0.3 %.
    """
    if failures >= of:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(60):
        rate = (low + high) / 2
        so_few = sum(comb(of, k) * rate**k * (1 - rate) ** (of - k) for k in range(failures + 1))
        low, high = (rate, high) if so_few > 1 - confidence else (low, rate)
    return high


def in_words(failures: int, of: int) -> str:
    """Return the count with its bound, as it is printed."""
    return f"{failures} of {of} (below {at_most(failures, of):.2%})"
