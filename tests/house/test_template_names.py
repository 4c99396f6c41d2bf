"""Every function that templates call has one meaning: no feature hides that of another."""

from importlib import import_module

from hospice.features import ORDER, PARTS


def test_no_feature_hides_a_function_of_another() -> None:
    """A feature's name once stood where another's was meant: every page with an undo broke."""
    seen: dict[str, tuple[str, object]] = {}
    hidden = []
    for feature in (*ORDER, *PARTS):
        try:
            words = import_module(f"hospice.{feature}.words")
        except ModuleNotFoundError:
            continue
        for name, function in getattr(words, "GLOBALS", {}).items():
            before = seen.setdefault(name, (feature, function))
            if before[1] is not function:
                hidden.append(f"{name}: {before[0]} and {feature}")
    assert len(seen) > 50
    assert hidden == []
