"""set_deadline on the command line."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ozg_tracker.tracking.models import Deadline
from tests import make

pytestmark = pytest.mark.django_db


def said(*words):
    out = StringIO()
    call_command("set_deadline", *words, "--municipality", make.municipality().ars, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_deadline_is_set_changed_and_ended():
    make.department("Bauamt")
    assert said("Rat", "--date", "31.01.2027", "--source", "Beschluss") == {
        "deadline": "Rat",
        "date": "2027-01-31",
        "scope": "all",
        "ended": False,
    }
    assert (
        said("Rat", "--date", "2027-02-28", "--scope", "department", "--department", "Bauamt")["scope"] == "department"
    )
    found = Deadline.objects.get(name="Rat")
    assert (found.date, found.source, str(found.department)) == (date(2027, 2, 28), "Beschluss", "Bauamt")
    assert said("Rat", "--end")["ended"]


@pytest.mark.parametrize(
    "words",
    [
        ("Neu", "--date", "2027-01-31"),
        ("Neu", "--end"),
        ("Neu", "--date", "morgen", "--source", "x"),
        ("Neu", "--date", "2027-01-31", "--source", "x", "--scope", "bundles"),
        ("Neu", "--date", "2027-01-31", "--source", "x", "--department", "Amt", "--scope", "department"),
    ],
)
def test_what_does_not_hold_is_refused(words):
    before = Deadline.objects.count()
    with pytest.raises((CommandError, SystemExit)):
        said(*words)
    assert Deadline.objects.count() == before
