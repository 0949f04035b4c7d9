"""Where two months meet and one would be counted otherwise today, both numbers are said."""

from datetime import UTC, date, datetime

import pytest

from reports import canonical
from reports.editions.disagreeing import disagreeing
from reports.models import Edition
from tests import make
from tests.reports.sample import sample

pytestmark = pytest.mark.django_db
NOVEMBER = date(2022, 11, 1)


def edition(month, ready, number=1):
    figures = sample() | {"month": f"{month:%Y-%m}"}
    figures["totals"] |= {"ready": ready}
    text = canonical.dumps(figures)
    return Edition.objects.create(
        municipality=make.municipality(),
        month=month,
        number=number,
        figures=text,
        sha256=canonical.digest(text),
        known_at=datetime(2022, 12, 2, tzinfo=UTC),
        catalogue_import=make.catalogue_import(),
        state=Edition.State.APPROVED,
        correction_reason="neu" if number > 1 else "",
    )


def test_a_month_that_was_counted_otherwise_is_said_with_both_numbers():
    edition(date(2022, 10, 1), 18)
    edition(date(2022, 9, 1), 18)
    told = disagreeing(Edition.objects.all(), sample())
    assert told == ["Oktober 2022: damals 18, nach heutigem Wissen 19."]


def test_of_a_corrected_month_the_last_edition_counts():
    edition(date(2022, 10, 1), 18)
    edition(date(2022, 10, 1), 19, number=2)
    assert disagreeing(Edition.objects.all(), sample()) == []


def test_neither_its_own_month_nor_one_beyond_the_drawn_year_is_compared():
    edition(NOVEMBER, 99)
    edition(date(2021, 10, 1), 99)
    assert disagreeing(Edition.objects.all(), sample()) == []


def test_the_page_says_it_where_the_months_meet(client):
    edition(date(2022, 10, 1), 18)
    edition(NOVEMBER, 21)
    client.force_login(make.user())
    assert "Oktober 2022: damals 18, nach heutigem Wissen 19." in client.get("/berichte/2022/11/").text
    assert "Seither ist mehr bekannt." not in client.get("/berichte/2022/10/").text.partition("bewegt-h")[0]
