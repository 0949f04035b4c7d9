"""A second coordinator confirms a new one, where the municipality asks for it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ozg_tracker.accounts.coordinators import decide, set_second_coordinator
from ozg_tracker.accounts.models import CoordinatorRequest, JournalEntry, Membership, Municipality, Role, User
from ozg_tracker.accounts.people import add_user, change_role, let_go, take_back
from ozg_tracker.people_list.importing import import_people
from tests import make
from tests.api.programs import Program

pytestmark = pytest.mark.django_db
PAGE = "/personen/koordination/"


@pytest.fixture
def second(municipality):
    return make.user("zweite")


@pytest.fixture
def asking(municipality, coordinator, second):
    set_second_coordinator(municipality, True, by=coordinator)
    return municipality


def role(user):
    return Membership.objects.get(user=user).role


def propose(person, by):
    change_role(Membership.objects.get(user=person), role=Role.COORDINATOR, department=None, reason="Vertretung", by=by)
    return CoordinatorRequest.objects.get(user=person, outcome="")


def test_a_new_coordinator_stays_what_the_person_is_until_a_second_one_confirms(
    asking, coordinator, second, staff, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        proposal = propose(staff, coordinator)
    assert (role(staff), [(letter.to, letter.subject) for letter in mailoutbox]) == (
        "staff",
        [([second.email], "Eine neue Koordination wartet auf Ihre Bestätigung")],
    )
    with django_capture_on_commit_callbacks(execute=True):
        decide(proposal, confirmed=True, by=second)
    assert (role(staff), mailoutbox[-1].to) == ("coordinator", [staff.email])
    told = JournalEntry.objects.filter(person=staff).order_by("pk")
    assert [(each.by.username, each.after.get("second_coordinator"), each.after["role"]) for each in told] == [
        ("koordination", "waiting", "coordinator"),
        ("zweite", "yes", "coordinator"),
        ("zweite", None, "coordinator"),
    ]


def test_it_may_be_declined_and_proposed_again(asking, coordinator, second, staff):
    decide(propose(staff, coordinator), confirmed=False, reason="Nicht besprochen", by=second)
    assert role(staff) == "staff"
    proposal = propose(staff, coordinator)
    assert (proposal.outcome, CoordinatorRequest.objects.count()) == ("", 2)


def test_neither_who_proposed_it_nor_the_person_decides(asking, coordinator, second, staff, council):
    proposal = propose(staff, coordinator)
    for one in (coordinator, staff, council):
        with pytest.raises(PermissionDenied):
            decide(proposal, confirmed=True, by=one)
    with pytest.raises(IntegrityError), transaction.atomic():
        CoordinatorRequest.objects.update(decided_by=coordinator, outcome="confirmed", decided_at="2026-01-01T00:00Z")
    assert role(staff) == "staff"


def test_what_is_decided_or_waits_already_is_refused_with_a_sentence(asking, coordinator, second, staff):
    proposal = propose(staff, coordinator)
    with pytest.raises(ValidationError, match="wartet schon darauf"):
        propose(staff, coordinator)
    decide(proposal, confirmed=False, by=second)
    with pytest.raises(ValidationError, match="Darüber ist schon entschieden: abgelehnt"):
        decide(proposal, confirmed=True, by=second)


def test_who_left_meanwhile_becomes_no_coordinator(asking, coordinator, second, staff):
    proposal = propose(staff, coordinator)
    let_go(Membership.objects.get(user=staff), by=second)
    with pytest.raises(ValidationError, match="gehört nicht mehr dazu"):
        decide(proposal, confirmed=True, by=second)
    proposal.refresh_from_db()
    assert (proposal.outcome, User.objects.get(pk=staff.pk).is_active) == ("", False)


def test_who_is_new_or_comes_back_begins_as_staff(asking, coordinator, second):
    new = add_user("neu", municipality=asking, role=Role.COORDINATOR, email="neu@example.invalid", by=coordinator)
    assert (role(new), CoordinatorRequest.objects.get().user) == ("staff", new)
    let_go(Membership.objects.get(user=second), by=coordinator)
    take_back(Membership.objects.get(user=second), by=coordinator)
    assert (role(second), CoordinatorRequest.objects.count()) == ("staff", 2)
    let_go(Membership.objects.get(user=second), by=coordinator)
    CoordinatorRequest.objects.filter(user=second).delete()
    Membership.objects.filter(user=second).update(role="coordinator")  # as one who left keeps it
    change_role(Membership.objects.get(user=second), role=Role.COORDINATOR, department=None, by=coordinator)
    assert (role(second), CoordinatorRequest.objects.get(user=second).outcome) == ("staff", "")


def test_a_list_names_no_new_coordinator(asking, coordinator, staff, tmp_path):
    file = tmp_path / "liste.csv"
    file.write_text(f"E-Mail;Rolle\n{staff.email};OZG-Koordination\n{coordinator.email};OZG-Koordination\n", "utf-8")
    outcome = import_people(file, asking, by=coordinator)
    assert ([problem.code for problem in outcome.plan.problems], outcome.applied) == (["second_coordinator"], False)


def test_where_nobody_asks_for_it_one_person_is_enough(municipality, coordinator, staff):
    change_role(Membership.objects.get(user=staff), role=Role.COORDINATOR, department=None, by=coordinator)
    assert (role(staff), CoordinatorRequest.objects.count()) == ("coordinator", 0)


def test_asking_for_it_needs_two_and_giving_it_up_the_operator(municipality, coordinator):
    with pytest.raises(ValidationError, match="Dafür braucht es zwei"):
        set_second_coordinator(municipality, True, by=coordinator)
    make.user("zweite")
    assert set_second_coordinator(municipality, True, by=coordinator) is True
    assert set_second_coordinator(municipality, True, by=coordinator) is False
    with pytest.raises(PermissionDenied, match="verzichtet nur der Betrieb"):
        set_second_coordinator(municipality, False, by=coordinator)
    assert set_second_coordinator(municipality, False, by=make.user("betrieb", Role.OPERATOR)) is True
    told = JournalEntry.objects.filter(kind="municipality").order_by("pk")
    assert [each.after for each in told] == [{"second_coordinator": "yes"}, {"second_coordinator": "no"}]


def test_on_the_pages(sign_in, asking, coordinator, second, staff):
    client = sign_in(coordinator)
    entered = {"role": "coordinator", "first_name": "", "last_name": "", "email": staff.email, "reason": "Vertretung"}
    page = client.post(f"/personen/{staff.memberships.get().pk}/", entered, follow=True).text
    assert "Die Koordination gilt, sobald eine zweite Person sie bestätigt." in page
    assert "Eine Koordination wartet auf eine zweite Person" in page
    own = client.get(PAGE).text
    assert ("Darüber entscheidet eine zweite Person." in own, "decision" in own) == (True, False)
    proposal = CoordinatorRequest.objects.get()
    refused = client.post(f"{PAGE}{proposal.pk}/", {"decision": "confirm"}, follow=True)
    assert ("Darüber entscheidet eine zweite Person." in refused.text, role(staff)) == (True, "staff")
    client = sign_in(second)
    assert f"„{staff}“ bestätigen" in client.get(PAGE).text
    answer = client.post(f"{PAGE}{proposal.pk}/", {"decision": "confirm", "reason": ""}, follow=True)
    assert (f"„{staff}“ gehört jetzt zur Koordination." in answer.text, role(staff)) == (True, "coordinator")


def test_the_setting_on_its_page(sign_in, municipality, coordinator):
    client = sign_in(coordinator)
    assert "Dafür braucht es zwei Personen" in client.post(PAGE, {"asked": "yes", "reason": ""}, follow=True).text
    make.user("zweite")
    assert "wartet jetzt auf eine zweite" in client.post(PAGE, {"asked": "yes", "reason": ""}, follow=True).text
    assert Municipality.objects.get().asks_second_coordinator is True


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_a_constant_number_of_queries(sign_in, asking, coordinator, number):
    for each in range(number):
        propose(make.user(f"amt{each}", Role.STAFF), coordinator)
    client = sign_in(coordinator)
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
    assert len(queries) == 7


def test_by_the_api(asking, coordinator, second, staff):
    first, other = Program(coordinator), Program(second)
    pk = staff.memberships.get().pk
    assert first.send(f"people/{pk}/role/", {"role": "coordinator"}).json()["role"] == "staff"
    (waiting,) = other.read("coordinator-requests/", waiting="true").json()["results"]
    assert (waiting["username"], waiting["asked_by"], waiting["outcome"]) == ("amt", "koordination", "")
    assert first.send(f"coordinator-requests/{waiting['id']}/confirm/", {}).status_code == 403
    assert other.send(f"coordinator-requests/{waiting['id']}/decline/", {}).json()["outcome"] == "declined"
    refused = other.send(f"coordinator-requests/{waiting['id']}/confirm/", {})
    assert (refused.status_code, role(staff)) == (400, "staff")
    told = first.send(f"municipalities/{asking.pk}/second-coordinator/", {"asked": True}).json()
    assert told["asks_second_coordinator"] is True


def test_an_address_given_on_the_command_line_is_asked_to_be_confirmed(
    municipality, mailoutbox, django_capture_on_commit_callbacks, capsys
):
    with django_capture_on_commit_callbacks(execute=True):
        call_command("add_user", "neu", municipality=municipality.ars, role="staff", email="neu@example.invalid")
    assert [(letter.to, letter.subject) for letter in mailoutbox] == [
        (["neu@example.invalid"], "Bitte bestätigen Sie Ihre Adresse")
    ]
