"""The test browser behaves as a real one: every request stands alone."""

from tests import builders


def test_two_people_are_never_mixed_up(app, browser):
    cora, otto = builders.cora(), builders.otto()
    first, second = browser(cora), browser(otto)
    first.get("/today")
    second.get("/today", status=404)
    first.get("/today")
    browser().get("/today", status=302)
    assert cora.name == "Cora Coates"
