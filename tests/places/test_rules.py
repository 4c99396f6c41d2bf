from hospice.places.rules import full_name


def test_full_name_joins_the_second_name() -> None:
    assert full_name("Ward 1", "Garden") == "Ward 1 · Garden"


def test_full_name_alone_has_no_dot() -> None:
    assert full_name("Home visits", "") == "Home visits"
