"""A training rule on its page: seen before it is kept, changed, ended; and the readiness it makes."""

from datetime import date

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.models import Requirement, TrainingTask
from tests import make
from tests.api.programs import Program
from tests.training.pages.trainings import TODAY, course

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False):
        yield


def filled(client, address, **changes):
    """What the form of the page sends, with what a person changes."""
    form = client.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in sent.items() if value is not False} | changes


def put(client, address, sent):
    """Looks at the preview first, as the page has it, then keeps what it showed."""
    seen = client.post(address, sent)
    assert seen.status_code == 200, seen.text
    return seen, client.post(address, sent | {"mark": seen.context["preview"].mark}, follow=True)


def test_a_rule_is_seen_before_it_is_kept_and_applies_at_once(client, clerk, coordinator):
    client.force_login(coordinator)
    address = f"/schulungen/kurse/{course().pk}/pflichten/"
    seen, kept = put(client, address, filled(client, address, role="staff", due_within_days="30"))
    assert "Trifft 1 Person." in seen.text and "0 haben es schon, 1 werden neu fällig, 0 entfallen." in seen.text
    assert "Gespeichert: 1 neu zugewiesen, 0 mit anderem Fälligkeitstag, 0 entfallen." in kept.text
    assert list(TrainingTask.objects.values_list("person", "due_on")) == [(clerk.pk, date(2026, 12, 24))]


def test_what_changed_since_the_preview_is_shown_again(client, clerk, coordinator):
    client.force_login(coordinator)
    address = f"/schulungen/kurse/{course().pk}/pflichten/"
    sent = filled(client, address, role="staff")
    mark = client.post(address, sent).context["preview"].mark
    make.user("neu", Role.STAFF)
    again = client.post(address, sent | {"mark": mark})
    assert "Seit der Vorschau hat sich etwas geändert." in again.text
    assert Requirement.objects.count() == 0


def test_a_rule_is_changed_with_what_it_has(client, clerk, coordinator):
    row = make.row(owner=clerk, planned_on=date(2027, 1, 31), department=clerk.memberships.get().department)
    rule = Requirement.objects.create(course=course(), service=row.service, starts_on="2026-01-01")
    client.force_login(coordinator)
    address = f"/schulungen/pflichten/{rule.pk}/"
    sent = filled(client, address, days_before="14", reason="Go-live steht fest")
    assert sent["services"] == row.service.key
    seen, kept = put(client, address, sent)
    assert "31.01.2027" in seen.text and "17.01.2027" in seen.text
    assert "vor dem Go-live von Hundesteuer Anmeldung, 14 Tage vorher" in kept.text
    assert TrainingTask.objects.get(person=clerk).due_on == date(2027, 1, 17)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"services": "Gibt es nicht"}, "Zeile 1: „Gibt es nicht“ führt diese Kommune nicht."),
        ({"bundle_id": "99999"}, "Ein Bündel mit dieser OZG-ID führt der Katalog nicht."),
        ({"days_before": "14"}, "Vor welchem Go-live?"),
        ({"days_before": "366"}, "365"),
        ({"owners_only": "on"}, "Zuständig wofür?"),
        ({"due_within_days": "0"}, "größer oder gleich 1"),
    ],
)
def test_what_is_refused_stands_at_its_field(client, coordinator, changes, sentence):
    client.force_login(coordinator)
    address = f"/schulungen/kurse/{course().pk}/pflichten/"
    sent = filled(client, address, **changes)
    answer = client.post(address, sent)
    if answer.status_code == 200:
        answer = client.post(address, sent | {"mark": answer.context["preview"].mark})
    assert (answer.status_code, sentence in answer.text) == (400, True)


def test_a_rule_is_ended_after_a_look_at_who_loses_what(client, clerk, coordinator):
    rule = Requirement.objects.create(course=course(), role="staff", starts_on="2026-01-01")
    client.force_login(coordinator)
    address = f"/schulungen/pflichten/{rule.pk}/"
    put(client, address, filled(client, address))
    seen = client.get(f"{address}beenden/")
    assert "Für 1 Person wird zurückgezogen, was offen ist" in seen.text and "Kim Probe" in seen.text
    kept = client.post(f"{address}beenden/", {"reason": "Kurs entfällt"}, follow=True)
    assert "beendet am 24.11.2026" in kept.text
    assert TrainingTask.objects.open().count() == 0
    assert client.get(address).status_code == 404


def test_readiness_is_shown_in_words(client, clerk, coordinator):
    office = clerk.memberships.get().department
    for number in range(4):
        make.user(f"p{number}", Role.STAFF, department=office)
    row = make.row(department=office, planned_on=date(2027, 1, 31))
    Requirement.objects.create(course=course(), service=row.service, days_before=14, starts_on="2026-01-01")
    client.force_login(coordinator)
    text = client.get("/schulungen/bereitschaft/").text
    assert "0 von 5" in text and "5 Personen: Datenschutz" in text and "vor dem 31.01.2027" in text


def test_programs_try_keep_change_and_end_a_rule(clerk, coordinator):
    program = Program(coordinator)
    row = make.row(owner=clerk, planned_on=date(2027, 1, 31))
    sent = {"course": course().pk, "services": [row.service.pk], "days_before": 14, "owners_only": True}
    tried = program.send("requirements/", sent | {"dry_run": True})
    assert (tried.status_code, tried.json()["preview"]["new"], tried.json()["requirement"]) == (200, 1, None)
    assert Requirement.objects.count() == 0
    made = program.send("requirements/", sent)
    assert (made.status_code, made.json()["requirement"]["service"]) == (201, row.service.pk)
    pk = made.json()["requirement"]["id"]
    changed = program.change(f"requirements/{pk}/", {"days_before": 20, "reason": "früher"})
    assert (changed.status_code, changed.json()["preview"]["moved"]) == (200, 1)
    assert TrainingTask.objects.get().due_on == date(2027, 1, 11)
    ended = program.send(f"requirements/{pk}/end/", {})
    assert (ended.json()["preview"]["gone"], ended.json()["requirement"]["ends_on"]) == (1, "2026-11-24")
    assert program.send("requirements/", {"course": 0}).status_code == 400
    assert program.send("requirements/", sent | {"people": ["niemand"]}).status_code == 400


@pytest.mark.parametrize("wish", [{"days_before": 14}, {"owners_only": True}])
def test_programs_are_refused_a_go_live_and_owners_of_nothing_when_they_try_too(clerk, coordinator, wish):
    sent = {"course": course().pk} | wish
    for tried in (True, False):
        answer = Program(coordinator).send("requirements/", sent | {"dry_run": tried})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "services")
    assert Requirement.objects.count() == 0
