"""How a service stood in earlier months, as an edition knows it."""

from datetime import UTC, date, datetime

import pytest

from reports.editions.known_since import known_since
from reports.models import Edition
from tests import make

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2022, 10, 1), date(2022, 11, 1)


def test_it_knows_what_was_entered_before_it_was_reckoned_and_nothing_later():
    row = make.row(make.service("99010003005000", "Wohnsitz Anmeldung"))
    make.event(row, date(2022, 10, 20), datetime(2022, 10, 21, 8, tzinfo=UTC), level=1, state="in_progress")
    make.event(row, date(2022, 10, 25), datetime(2022, 12, 1, 8, tzinfo=UTC), level=3, state="done")
    make.event(row, date(2022, 10, 26), datetime(2022, 12, 9, 8, tzinfo=UTC), level=4, state="done")
    edition = Edition(municipality=row.municipality, known_at=datetime(2022, 12, 2, 8, tzinfo=UTC))
    earlier = Edition(municipality=row.municipality, known_at=datetime(2022, 11, 2, 8, tzinfo=UTC))
    asked = ("99010003005000", [date(2022, 9, 1), OCTOBER, NOVEMBER])
    assert known_since(edition, *asked)[OCTOBER] == (3, "done")
    assert known_since(edition, *asked)[NOVEMBER] == (3, "done")
    assert known_since(earlier, *asked)[OCTOBER] == (1, "in_progress")


def test_of_a_service_without_an_event_it_knows_nothing():
    row = make.row(make.service("99010003005000", "Wohnsitz Anmeldung"))
    edition = Edition(municipality=row.municipality, known_at=datetime(2022, 12, 2, 8, tzinfo=UTC))
    assert known_since(edition, "99999999999999", [OCTOBER]) == {}
