"""A counting week on its pages: begun, counted with buttons, ended, and taken over into the year."""

from datetime import UTC, datetime

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import CaseCount, CountingPress, CountingWeek
from tests import make
from tests.tracking.pages.grid_forms import parsed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2025-12-01T09:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def row(department, clerk):
    return make.row(make.service("99000000000001", "Reisepass"), department=department, owner=clerk)


@pytest.fixture
def week(coordinator, row):
    return make.counting_week(coordinator, [row], first_day=datetime(2025, 12, 1, tzinfo=UTC).date())


def sent(answer):
    return {name: values[-1] for name, values in parsed(answer).sent.items()}


def test_a_manager_begins_a_week_with_the_form_of_the_page(sign_in, manager, row):
    client = sign_in(manager)
    assert "/zaehlwochen/" in client.get("/leistungen/faelle/").text
    form = sent(client.get("/zaehlwochen/"))
    assert form["weeks_open"] == "50"
    refused = client.post("/zaehlwochen/", form | {"first_day": "1.12.2025", "last_day": "20.12.2025", "rows": row.pk})
    assert (refused.status_code, "höchstens 14 Tage" in refused.text) == (400, True)
    form |= {"first_day": "2025-12-01", "last_day": "2025-12-05", "rows": row.pk}
    begun = client.post("/zaehlwochen/", form, follow=True)
    assert "Reisepass" in begun.text
    assert [(each.days, each.by) for each in CountingWeek.objects.all()] == [(5, manager)]


def test_each_button_counts_leads_back_to_its_place_and_is_taken_back(sign_in, clerk, row, week):
    client = sign_in(clerk)
    address = f"/zaehlwoche/{week.pk}/"
    form = {name: value for name, value in sent(client.get(address)).items() if name == "csrfmiddlewaretoken"}
    for _ in range(2):
        answer = client.post(address, form | {"press": f"{row.pk}-counter"})
    assert answer["Location"] == f"{address}#leistung-{row.pk}"
    assert f'data-today="{row.pk}-counter">2</b>' in client.get(address).text
    client.post(address, form | {"back": "1"})
    assert f'data-today="{row.pk}-counter">1</b>' in client.get(address).text


def test_a_script_is_told_the_numbers_of_today_and_sends_again_without_counting_twice(sign_in, clerk, row, week):
    client, json = sign_in(clerk), {"Accept": "application/json"}
    press = {"press": f"{row.pk}-mail", "client": "0" * 31 + "1"}
    for _ in range(2):
        answer = client.post(f"/zaehlwoche/{week.pk}/", press, headers=json)
    assert (answer.status_code, answer.json()["refused"], answer.json()["today"][f"{row.pk}-mail"]) == (200, "", 1)
    refused = client.post(f"/zaehlwoche/{week.pk}/", press | {"client": "x", "press": "²-mail"}, headers=json)
    assert (refused.status_code, CountingPress.objects.count()) == (400, 1)


def test_who_neither_works_there_nor_may_report_a_row_reads_and_has_no_buttons(sign_in, row, week):
    client = sign_in(make.user("amt", Role.STAFF, department=make.department("Bauamt")))
    page = client.get(f"/zaehlwoche/{week.pk}/").text
    assert ("Reisepass" in page, 'name="press"' in page, 'name="end"' in page) == (True, False, False)
    refused = client.post(f"/zaehlwoche/{week.pk}/", {"press": f"{row.pk}-mail"}, follow=True)
    assert "zählt, wer im Fachbereich arbeitet oder den Stand der Leistung melden darf" in refused.text
    assert "Gezählt wird im Fachbereich" in page


def test_after_the_last_day_the_page_tells_the_year_and_takes_it_over_once(sign_in, manager, row, week, clock):
    client, address = sign_in(manager), f"/zaehlwoche/{week.pk}/"
    for _ in range(24):
        client.post(address, {"press": f"{row.pk}-counter"})
    clock.move_to(datetime(2025, 12, 6, 9, tzinfo=UTC))
    client = sign_in(manager)  # the session of five days ago is over
    page = client.get(address).text
    assert "rund 1.200 (760 bis 1.800)" in page
    assert "Eine einzelne Woche sagt nichts über Ferien und Stichtage." in page
    taken = client.post(address, {"take": "1"}, follow=True)
    assert ("Die Zahlen stehen im Jahr 2025." in taken.text, 'name="take"' in taken.text) == (True, False)
    again = client.post(address, {"take": "1"}, follow=True)
    assert ("schon ins Jahr übernommen" in again.text, CaseCount.objects.count()) == (True, 5)


def test_what_one_may_not_change_is_left_out_and_named(sign_in, clerk, coordinator, department, row, clock):
    other = make.row(make.service(name="Personalausweis"), department=department)
    week = make.counting_week(coordinator, [row, other], first_day=datetime(2025, 12, 1, tzinfo=UTC).date())
    clock.move_to(datetime(2025, 12, 6, 9, tzinfo=UTC))
    taken = sign_in(clerk).post(f"/zaehlwoche/{week.pk}/", {"take": "1"}, follow=True)
    assert "Nicht übernommen, weil Sie sie nicht ändern dürfen: „Personalausweis“." in taken.text


@pytest.mark.parametrize(
    ("now", "told"), [("2025-11-30T09:00Z", "Gezählt wird ab dem 01.12.2025."), ("2025-12-01T09:00Z", "abgesagt")]
)
def test_before_the_week_and_when_it_is_called_off_the_page_says_so(sign_in, manager, week, clock, now, told):
    clock.move_to(datetime.fromisoformat(now))
    client = sign_in(manager)
    if told == "abgesagt":
        client.post(f"/zaehlwoche/{week.pk}/", {"end": "called_off"})
    page = client.get(f"/zaehlwoche/{week.pk}/").text
    assert (told in page, 'name="press"' in page) == (True, False)
