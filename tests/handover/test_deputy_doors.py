"""Deputies by page and API: named, listed, called off; and a deputy at work."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Deputyship, Role
from tests import make
from tests.api.programs import Program

pytestmark = pytest.mark.django_db
LIST = "/uebergabe/"


def day(ahead):
    return f"{timezone.localdate() + timedelta(days=ahead)}"


@pytest.fixture
def other(department):
    return make.user("robin", Role.STAFF, department=department, first_name="Robin", last_name="Vogt")


def test_one_is_named_seen_and_called_off_on_the_pages(sign_in, clerk, other):
    client = sign_in(clerk)
    entered = {"absent": clerk.pk, "deputy": other.pk, "starts_on": day(0), "until": day(4), "reason": "Urlaub"}
    page = client.post(f"{LIST}vertretung/neu/", entered, follow=True)
    assert "Robin Vogt vertritt Kim Probe." in page.text
    assert 'data-l="Vertretung">Robin Vogt<' in page.text
    again = client.post(f"{LIST}vertretung/neu/", entered)
    assert (again.status_code, "hat in diesen Tagen schon eine Vertretung" in again.text) == (400, True)
    made = Deputyship.objects.get()
    told = client.post(f"{LIST}vertretung/{made.pk}/absagen/", follow=True).text
    assert "Die Vertretung ist abgesagt." in told and "abgesagt am" in told
    assert "schon vorbei" in client.post(f"{LIST}vertretung/{made.pk}/absagen/", follow=True).text


def test_only_oneself_can_be_chosen_by_staff(sign_in, clerk, other):
    page = sign_in(clerk).get(f"{LIST}vertretung/neu/")
    assert [each.pk for each in page.context["form"].fields["absent"].queryset] == [clerk.pk]


def test_a_deputy_changes_the_row_on_its_page_and_its_history_says_for_whom(sign_in, clerk, other):
    row = make.row(owner=clerk, state="open", department=clerk.memberships.get().department)
    make.deputyship(clerk, other)
    program = Program(other)
    said = {"state": "in_progress", "reason": "läuft"}
    assert program.change(f"municipal-services/{row.pk}/", said, **{"If-Match": '"1"'}).status_code == 200
    assert "Robin Vogt in Vertretung für Kim Probe" in sign_in(clerk).get(f"/leistungen/{row.pk}/").text
    event = program.read("status-changes/", ordering="-id").json()["results"][0]
    assert (event["by"], event["on_behalf_of"]) == ("robin", "kim")
    journal = sign_in(clerk).get("/leistungen/journal/")
    assert journal.status_code == 200 and "Robin Vogt in Vertretung für Kim Probe" in journal.text


def test_many_rows_at_once_are_marked_each(clerk, other):
    rows = [make.row(make.service(f"9910700000000{n}", f"Pass {n}"), owner=clerk, state="open") for n in range(3)]
    mine = make.row(owner=other, state="open")
    make.deputyship(clerk, other)
    changes = [{"id": each.pk, "version": 1, "state": "in_progress"} for each in (*rows, mine)]
    answer = Program(other).send("municipal-services/bulk/", {"changes": changes, "reason": "läuft"})
    assert answer.status_code == 200, answer.text
    assert [row.events.first().on_behalf_of for row in (*rows, mine)] == [clerk, clerk, clerk, None]


def test_one_is_named_and_called_off_by_the_api(coordinator, clerk, other):
    program = Program(coordinator)
    said = {"municipality": make.municipality().pk, "absent": "kim", "deputy": "robin", "reason": "Urlaub"}
    made = program.send("deputies/", said | {"starts_on": day(0), "until": day(4)})
    assert made.status_code == 201
    told = made.json()
    assert (told["absent"], told["deputy"], told["by"], told["called_off_at"]) == ("kim", "robin", "koordination", None)
    assert [each["id"] for each in program.read("deputies/", on=day(4)).json()["results"]] == [told["id"]]
    assert program.read("deputies/", on=day(5)).json()["results"] == []
    called_off = program.send(f"deputies/{told['id']}/call-off/", {}).json()
    assert called_off["called_off_by"] == "koordination"
    wrong = [said | {"absent": "niemand"}, said | {"deputy": "niemand"}, said | {"municipality": 0}]
    days = {"starts_on": day(0), "until": day(4)}
    assert [program.send("deputies/", each | days).json()["errors"][0]["field"] for each in wrong] == [
        *("absent", "deputy", "municipality"),
    ]
