"""People by the API: the same deeds from a day on."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ozg_tracker.accounts.models import Role, User
from tests import make
from tests.api.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordination():
    return Program(make.user())


def test_a_role_changes_from_a_day_on_and_leaving_can_be_planned(coordination):
    office = make.department("Bürgerbüro")
    user = make.user("amt", Role.STAFF)
    pk, day = user.memberships.get().pk, timezone.localdate() + timedelta(days=30)
    answer = coordination.send(f"people/{pk}/role/", {"role": "manager", "department": office.pk})
    assert (answer.status_code, answer.json()["role"], answer.json()["department"]) == (200, "manager", office.pk)
    said = {"effective_on": day.isoformat(), "reason": "Ruhestand"}
    assert coordination.send(f"people/{pk}/leave/", said).json()["active"] is True
    assert user.membership_events.first().reason == "Ruhestand"
    refused = coordination.send(f"people/{pk}/role/", {"role": "manager", "department": 10**9})
    assert refused.status_code == 400
    assert coordination.send(f"people/{pk}/leave/", {}).json()["active"] is False
    assert coordination.send(f"people/{pk}/resume/", {}).json()["active"] is True
    assert User.objects.get(pk=user.pk).left_on is None


def sent(office, **more):
    said = {"municipality": make.municipality().pk, "username": "k.muster", "role": "staff", "department": office.pk}
    return said | {"last_name": "Muster", "email": "k@example.invalid", "staff_number": "4711"} | more


def test_a_person_is_taken_in_and_gets_another_name(coordination):
    office = make.department("Bürgerbüro")
    made = coordination.send("people/", sent(office))
    assert (made.status_code, made.json()["username"], made.json()["department"]) == (201, "k.muster", office.pk)
    changed = coordination.change(f"people/{made.json()['id']}/", {"first_name": "Kim", "staff_number": "4712"})
    assert (changed.status_code, changed.json()["first_name"], changed.json()["last_name"]) == (200, "Kim", "Muster")
    user = User.objects.get(username="k.muster")
    assert (user.has_usable_password(), user.staff_numbers.get().number) == (False, "4712")


def test_who_comes_on_a_later_day_is_told_not_to_be_here_yet(coordination):
    day = timezone.localdate() + timedelta(days=30)
    answer = coordination.send("people/", sent(make.department("Bürgerbüro"), effective_on=day.isoformat()))
    assert (answer.status_code, answer.json()) == (202, {"username": "k.muster"})
    (planned,) = coordination.read("memberships/", username="k.muster").json()["results"]
    assert (planned["role"], planned["effective_on"]) == ("staff", day.isoformat())
    assert coordination.send(f"memberships/{planned['id']}/call-off/", {"reason": "Absage"}).status_code == 204
    today = coordination.read("memberships/", username="k.muster", as_of=day.isoformat()).json()["results"]
    assert today == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"municipality": 10**9}, "municipality"),
        ({"department": 10**9}, "department"),
        ({"role": "queen"}, "role"),
        ({"username": "koordination"}, "username"),
        ({"email": "keine"}, "email"),
    ],
)
def test_nonsense_is_refused_by_field_and_nobody_is_taken_in(coordination, said, field):
    refused = coordination.send("people/", sent(make.department("Bürgerbüro"), **said))
    assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (400, [field])
    assert User.objects.filter(username="k.muster").exists() is False


def test_memberships_are_told_as_of_a_day(coordination):
    user = make.user("amt", Role.STAFF)
    day = timezone.localdate()
    coordination.send(f"people/{user.memberships.get().pk}/leave/", {"effective_on": day.isoformat()})
    then = coordination.read("memberships/", username="amt", as_of=(day - timedelta(days=1)).isoformat()).json()
    assert [each["role"] for each in then["results"]] == ["staff"]
    assert coordination.read("memberships/", username="amt", as_of=day.isoformat()).json()["results"] == []
    assert [each["role"] for each in coordination.read("memberships/", username="amt").json()["results"]] == [
        *("staff", "")
    ]


def upload(program, text, **more):
    file = SimpleUploadedFile("liste.csv", text.encode())
    return program.post("/api/v1/people/import/", {"file": file, "municipality": make.municipality().pk, **more})


def test_a_list_is_planned_and_taken_in_and_the_same_again_changes_nothing(coordination):
    text = "E-Mail;Vorname;Rolle\nneu@example.invalid;Kim;Sachbearbeitung\n"
    counts = ("applied", "new", "unchanged")
    answers = [upload(coordination, text, dry_run="true"), upload(coordination, text), upload(coordination, text)]
    assert [tuple(answer.json()[name] for name in counts) for answer in answers] == [
        (False, 1, 0),
        (True, 1, 0),
        (True, 0, 1),
    ]
    assert User.objects.get(email="neu@example.invalid").first_name == "Kim"


def test_a_list_with_a_mistake_changes_nothing_and_says_where(coordination):
    answer = upload(coordination, "E-Mail;Fachbereich\nneu@example.invalid;Mondamt\n").json()
    assert (answer["applied"], [(each["row"], each["code"]) for each in answer["problems"]]) == (
        False,
        [(2, "unknown_department")],
    )
    assert User.objects.filter(email="neu@example.invalid").exists() is False


def test_a_list_for_a_municipality_of_others_is_refused(coordination):
    elsewhere = make.municipality("Anderstadt", "159990020020")
    file = SimpleUploadedFile("liste.csv", b"E-Mail\na@example.invalid\n")
    refused = coordination.post("/api/v1/people/import/", {"file": file, "municipality": elsewhere.pk})
    assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (400, ["municipality"])
