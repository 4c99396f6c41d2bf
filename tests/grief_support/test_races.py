"""A few races of a death against messages that leave and places that are taken.

`python3 app.py bench races-of-a-death` runs two hundred on each database, and first meets builds
that get it wrong.
"""

import pytest

from tests.bench import races_of_a_death as races


@pytest.mark.parametrize("name", races.DATABASES)
def test_trap_01_nothing_leaves_and_nobody_claims_after_the_commit(name: str) -> None:
    found = races.run(name, 6, seed=3)
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    assert found == races.Outcome(late=0, after=0, untold=0, errors=0)
