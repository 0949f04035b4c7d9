"""The page of the journal, its file, and the same by the API."""

from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from python_calamine import load_workbook

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.journal import Kind
from ozg_tracker.accounts.models import JournalEntry, Role
from tests import make
from tests.counting import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return {
        "coordinator": make.user(),
        "staff": make.user("amt", Role.STAFF, first_name="Ada", last_name="Amt"),
        "council": make.user("rat", Role.COUNCIL),
    }


@pytest.fixture
def entries(people):
    municipality, by = make.municipality(), people["coordinator"]
    with time_machine.travel("2026-11-20 10:00Z", tick=False):
        journal.write(
            Kind.ROLE,
            municipality=municipality,
            by=by,
            person=people["staff"],
            before={"role": "staff"},
            after={"role": "manager"},
            reason="Stellenbesetzung 17",
        )
    with time_machine.travel("2026-11-23 23:30Z", tick=False):
        journal.write(Kind.RULE, municipality=municipality, by=by, about="Brandschutz", after={"interval_months": "12"})
        journal.write(Kind.SIGN_IN_FAILED, municipality=municipality, by=None, person=people["staff"])


def page(client, user, query=""):
    client.force_login(user)
    return client.get(reverse("journal") + query)


def test_the_coordination_reads_all_by_day_the_newest_first(client, people, entries):
    text = page(client, people["coordinator"]).text
    first, second = text.index("Dienstag, 24. November 2026"), text.index("Freitag, 20. November 2026")
    assert first < text.index("Brandschutz") < second < text.index("Stellenbesetzung 17")
    assert text.count("November 2026") == 2
    assert "<del>Sachbearbeitung</del> <ins>Leitung</ins>" in text
    assert "Abgelehnte Anmeldungen <b>1</b>" in text


def test_everybody_else_reads_what_concerns_them(client, people, entries):
    text = page(client, people["staff"]).text
    assert "Stellenbesetzung 17" in text and "Brandschutz" not in text
    assert "Was Sie betrifft" in text
    assert "Noch gibt es keinen Eintrag." in page(client, people["council"]).text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?q=stellenbesetzung+ada", ["role"]),
        ("?q=brandschutz&by=&since=&until=&way=", ["rule"]),
        ("?kind=sign_in_failed", ["sign_in_failed"]),
        ("?since=2026-11-24", ["sign_in_failed", "rule"]),
        ("?until=2026-11-23", ["role"]),
        ("?way=page", []),
        ("?way=command&kind=rule", ["rule"]),
    ],
)
def test_the_list_is_narrowed(client, people, entries, query, shown):
    answer = page(client, people["coordinator"], query)
    assert [entry.kind for entry, _changes in answer.context["entries"]] == shown
    assert ("Alle Filter löschen" in answer.text) == (not shown)


def test_the_author_is_one_of_those_who_wrote(client, people, entries):
    answer = page(client, people["coordinator"], f"?by={people['coordinator'].pk}")
    assert [entry.kind for entry, _changes in answer.context["entries"]] == ["rule", "role"]
    assert page(client, people["coordinator"], f"?by={people['staff'].pk}").status_code == 400


def test_an_odd_filter_is_told(client, people):
    assert page(client, people["coordinator"], "?kind=anders").status_code == 400
    assert page(client, people["coordinator"], "?bla=role").status_code == 400


def test_the_file_holds_what_the_list_shows_and_is_an_entry(client, people, entries):
    client.force_login(people["coordinator"])
    answer = client.get(reverse("journal_file", args=["xlsx"]) + "?kind=role")
    head, line = load_workbook(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert head[:2] == ["wann", "Art"]
    assert line == [
        *("2026-11-20 11:00", "Rechte", "Ada Amt", "", "Rolle: Sachbearbeitung → Leitung"),
        *("Stellenbesetzung 17", "koordination", "Befehl oder Aufgabe"),
    ]
    last = JournalEntry.objects.first()
    assert (last.kind, last.about, last.after) == ("export", "Journal", {"form": "xlsx", "rows": "1"})
    assert client.get(reverse("journal_file", args=["pdf"])).status_code == 404
    assert client.get(reverse("journal_file", args=["ods"]) + "?kind=anders").status_code == 400


def test_the_number_of_queries_does_not_grow(client, people, entries):
    client.force_login(people["coordinator"])
    one = queries(client, reverse("journal"))
    for number in range(3):
        journal.write(Kind.KEY, municipality=make.municipality(), by=make.user(f"neu{number}"), about=str(number))
    assert queries(client, reverse("journal")) == one


def test_the_api_gives_the_same(client, people, entries):
    client.force_login(people["staff"])
    answer = client.get("/api/v1/journal/?kind=role").json()["results"]
    assert [(each["kind"], each["before"], each["after"], each["reason"]) for each in answer] == [
        ("role", {"role": "staff"}, {"role": "manager"}, "Stellenbesetzung 17")
    ]
    assert [each["kind"] for each in client.get("/api/v1/journal/").json()["results"]] == ["sign_in_failed", "role"]
