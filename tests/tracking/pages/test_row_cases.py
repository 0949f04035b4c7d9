"""Cases of a service by channel, on its page and on the page of a year."""

import pytest
import time_machine
from django.utils import timezone

from ozg_tracker.tracking.models import CaseCount
from tests import make
from tests.tracking.pages.grid_forms import parsed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-24T09:00Z", tick=False):
        yield


@pytest.fixture
def row(department):
    return make.row(make.service(name="Reisepass"), department=department, cases_per_year=1240)


def sent(answer, **changes):
    """The form of the cases as the page holds it, with `changes`; both pages hold fields of others too."""
    names = ("online", "counter", "post", "phone", "mail", "reason", "seen")
    found = parsed(answer).sent
    return {name: found[name][-1] for name in names} | changes


def kept():
    said = CaseCount.objects.order_by("pk").values_list("year", "channel", "number", "reason", "by__username")
    return [*said]


def test_the_numbers_of_the_year_before_are_entered_on_the_page_of_the_service(sign_in, manager, row):
    client = sign_in(manager)
    page = client.get(f"/leistungen/{row.pk}/")
    assert "Über welchen Weg die Fälle kommen, ist nicht bekannt." in page.text
    form = sent(page, online="1.200", counter="0", reason="Fachverfahren")
    answer = client.post(f"/leistungen/{row.pk}/faelle/2025/", form, follow=True)
    assert "Die Fälle 2025 sind gespeichert." in answer.text
    assert kept() == [
        (2025, "online", 1200, "Fachverfahren", "leitung"),
        (2025, "counter", 0, "Fachverfahren", "leitung"),
    ]
    again = client.post(f"/leistungen/{row.pk}/faelle/2025/", sent(client.get(f"/leistungen/{row.pk}/")), follow=True)
    assert "Es war nichts zu speichern." in again.text and len(kept()) == 2


def test_where_the_channels_add_up_to_another_number_the_page_says_so_and_changes_neither(sign_in, manager, row):
    client = sign_in(manager)
    address = f"/leistungen/{row.pk}/faelle/2025/"
    numbers = {"online": "1000", "counter": "200", "post": "0", "phone": "0", "mail": "0"}
    client.post(address, sent(client.get(address), **numbers))
    text = client.get(f"/leistungen/{row.pk}/").text
    assert "Die Kanäle ergeben 2025 zusammen 1.200 Fälle; bei der Leistung stehen 1.240 Fälle pro Jahr." in text
    client.post(address, sent(client.get(address), counter="240"))
    assert "Die Kanäle ergeben" not in client.get(f"/leistungen/{row.pk}/").text
    row.refresh_from_db()
    assert row.cases_per_year == 1240


def test_two_people_lose_nothing(sign_in, manager, coordinator, row):
    address = f"/leistungen/{row.pk}/faelle/2025/"
    form = sent(sign_in(manager).get(address), online="100")
    other = sign_in(coordinator)
    other.post(address, sent(other.get(address), post="7"))
    client = sign_in(manager)
    refused = client.post(address, form)
    assert refused.status_code == 400
    assert "Inzwischen hat koordination" in refused.text and "Post 7" in refused.text
    assert len(kept()) == 1
    client.post(address, sent(refused, post="7"))
    assert [each[1:3] for each in kept()] == [("post", 7), ("online", 100)]


def test_a_number_is_cleared_and_the_history_says_who_said_what(sign_in, manager, row):
    client = sign_in(manager)
    address = f"/leistungen/{row.pk}/faelle/2024/"
    client.post(address, sent(client.get(address), mail="12", reason="geschätzt"))
    client.post(address, sent(client.get(address), mail=""))
    assert [each[2] for each in kept()] == [12, None]
    text = client.get(address).text
    assert "E-Mail: nicht bekannt" in text and "geschätzt" in text and "Für 2024 ist keine Zahl bekannt." in text


@pytest.mark.parametrize("number", ["-1", "viele", "1,5", "1000000000"])
def test_what_is_no_number_is_refused_at_its_field_and_stays_there(sign_in, manager, row, number):
    client = sign_in(manager)
    address = f"/leistungen/{row.pk}/faelle/2025/"
    answer = client.post(address, sent(client.get(address), online=number))
    assert (answer.status_code, sent(answer)["online"], kept()) == (400, number, [])


def test_who_may_not_report_the_service_reads_and_has_no_form(sign_in, staff, row):
    client = sign_in(staff)
    assert "faelle/2025/" in client.get(f"/leistungen/{row.pk}/").text
    page = client.get(f"/leistungen/{row.pk}/faelle/2025/")
    assert "online" not in parsed(page).sent
    assert client.post(f"/leistungen/{row.pk}/faelle/2025/", {"online": "1", "seen": "0"}).status_code == 403


def test_a_year_to_come_has_no_form(sign_in, manager, row):
    page = sign_in(manager).get(f"/leistungen/{row.pk}/faelle/{timezone.localdate().year + 1}/")
    assert "online" not in parsed(page).sent
