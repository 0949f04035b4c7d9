"""When an edition was published, as everything that is open says it."""

from datetime import UTC, datetime

import pytest

from reports.publishing.shown import issued
from tests.reports.made_editions import edition

FIRST, LATER = datetime(2022, 12, 9, 8, tzinfo=UTC), datetime(2022, 12, 12, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("publish_at", "approved_at", "told"),
    [(None, FIRST, FIRST), (LATER, FIRST, LATER), (FIRST, LATER, LATER)],
    ids=["once it is approved", "at the time that was set", "approved after the time that was set"],
)
def test_an_edition_is_published_once_both_have_come(publish_at, approved_at, told):
    assert issued(edition(publish_at=publish_at, approved_at=approved_at)) == told


def test_an_old_one_without_either_when_it_was_frozen():
    made = edition()
    assert issued(made) == made.known_at
