"""What each deed about people, rules and keys writes into the journal."""

import pytest
from django.urls import reverse

from ozg_tracker.accounts.models import JournalEntry
from ozg_tracker.accounts.municipalities import change_municipality
from ozg_tracker.accounts.signing_in.tokens import create_token, revoke_token
from tests import make
from tests.training.pages.trainings import keep

pytestmark = pytest.mark.django_db
PASSWORD = "lang und sicher genug"


def told():
    """Kind, municipality, by, person, subject, before, after of every entry, the oldest first."""
    entries = JournalEntry.objects.order_by("pk").select_related("municipality", "by", "person")
    return [
        (each.kind, *map(str, (each.municipality, each.by, each.person)), each.about, each.before, each.after)
        for each in entries
    ]


def test_a_key_that_is_made_and_revoked():
    person = make.user()
    plain = create_token(person, name="Auswertung", scopes=["read"], networks="192.0.2.7", by=person)
    token = person.tokens.get()
    revoke_token(token, by=person)
    revoke_token(token, by=person)
    names = ("Musterstadt", "koordination", "koordination", "")
    made = {"active": "yes", "key_name": "Auswertung", "opens": "read", "networks": "192.0.2.7/32"}
    assert told() == [("key", *names, {}, made), ("key", *names, {"active": "yes"}, {"active": "no"})]
    assert plain not in str(told()) and token.digest not in str(told())


def test_what_a_person_of_several_municipalities_does_with_a_key_is_theirs_alone():
    person = make.user()
    make.user(municipality=make.municipality("Anderstadt", "159990020020"))
    create_token(person, by=person)
    assert JournalEntry.objects.get().municipality is None


@pytest.mark.parametrize(("typed", "whom"), [("KOORDINATION", "koordination"), (PASSWORD, "None")])
def test_a_refused_sign_in_names_the_person_but_never_what_was_typed(client, typed, whom):
    make.user()
    client.post(reverse("account_login"), {"login": typed, "password": "falsch"})
    municipality = "Musterstadt" if whom != "None" else "None"
    assert told() == [("sign_in_failed", municipality, "None", whom, "", {}, {})]
    assert JournalEntry.objects.get().way == "page"


def test_a_password_that_is_changed(client):
    person = make.user()
    person.set_password(PASSWORD)
    person.save()
    client.force_login(person)
    new = {"oldpassword": PASSWORD, "password1": "noch viel länger", "password2": "noch viel länger"}
    assert client.post(reverse("account_change_password"), new).status_code == 302
    assert told() == [("address", "Musterstadt", "koordination", "koordination", "", {}, {"access": "set"})]


def test_a_course_and_who_needs_it(client):
    client.force_login(make.user())
    client.post(reverse("new_course"), {"title": "Datenschutz", "interval_months": "12"})
    course = make.municipality().courses.get()
    client.post(reverse("course", args=[course.pk]), {"title": "Datenschutz", "interval_months": ""})
    sent = {"role": "staff", "due_within_days": "30", "starts_on": "2026-01-01"}
    keep(client, reverse("add_requirement", args=[course.pk]), sent)
    client.post(reverse("end_requirement", args=[course.requirements.get().pk]))
    names = ("rule", "Musterstadt", "koordination", "None", "Datenschutz")
    who = {"role": "staff", "department": "", "service": "", "due_within_days": "30", "starts_on": "2026-01-01"}
    assert told() == [
        (*names, {}, {"course": "Datenschutz", "description": "", "interval_months": "12"}),
        (*names, {"interval_months": "12"}, {"interval_months": ""}),
        (*names, {}, who),
        (*names, who, {}),
    ]


def test_a_proof_that_somebody_else_takes(sign_in, world):
    people, pieces = world
    before = len(told())
    for who in ("staff", "coordinator"):
        sign_in(people[who]).get(reverse("training_proof", args=[pieces["proof"].pk]))
    title = pieces["proof"].task.course.title
    assert told()[before:] == [("export", "Musterstadt", "koordination", "staff", title, {}, {})]


def test_a_municipality_that_is_renamed():
    municipality = make.municipality()
    municipality.name = "Neustadt"
    change_municipality(municipality, ["name"], by=None)
    assert told() == [("municipality", "Neustadt", "None", "None", "", {"name": "Musterstadt"}, {"name": "Neustadt"})]
