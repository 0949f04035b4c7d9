"""import_people(): the people of a municipality from a list: read, planned, and done as one or not at all."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.importing.database import many_rows
from catalog.importing.problems import Problem, Refused
from ozg_tracker.accounts import access, journal, letters
from ozg_tracker.accounts.memberships import NOTHING, Held, record
from ozg_tracker.accounts.models import Deed, Municipality, StaffNumber, User
from ozg_tracker.accounts.signing_in.passwords import password_link
from ozg_tracker.people_list.planning import NAMES, Plan, Planner, Wish
from ozg_tracker.people_list.reading import read_people

CHUNK = 500


@dataclass
class PeopleImport:
    """What came of a list. `refused`: nothing was written."""

    plan: Plan = field(default_factory=Plan)
    applied: bool = False

    @property
    def refused(self) -> bool:
        return self.plan.refused

    @property
    def problems(self) -> list[Problem]:
        return self.plan.problems

    def as_json(self) -> dict[str, Any]:
        plan = self.plan
        return {
            "rows": plan.rows,
            "applied": self.applied,
            "new": len(plan.new),
            "changed": len(plan.changed),
            "unchanged": plan.unchanged,
            "missing": [str(each) for each in plan.missing],
            "problems": [problem.as_json() for problem in plan.problems],
        }


def import_people(
    path: Path,
    municipality: Municipality,
    *,
    dry_run: bool = False,
    by: User | None = None,
    invite: bool = False,
    instead: Mapping[str, str] | None = None,
) -> PeopleImport:
    """Take in whom the list names and nobody knows, and change what it says otherwise; who is missing stays.

    Whose role or department changes is told by mail; `invite`: who is new gets the way to a first password. `instead`:
    of a department that the municipality has not, the name of the one that is meant; "" leaves its lines out.

    People are found by staff number, else by address. Any error refuses the list as a whole; a dry run does the same
    without the last step; the same list again changes nothing. PermissionDenied for whom may not manage people.
    """
    if by is not None and not access.may(by, municipality, Deed.MANAGE_PEOPLE):
        raise PermissionDenied(_("Personen verwalten die OZG-Koordination und der Betrieb."))
    try:
        listed = read_people(path)
    except Refused as refused:
        return PeopleImport(Plan(problems=[refused.problem]))
    with transaction.atomic():
        Municipality.objects.select_for_update().get(pk=municipality.pk)  # one list at a time
        outcome = PeopleImport(Planner(municipality, listed, by, instead).run())
        if not (outcome.refused or dry_run):
            _apply(outcome.plan, municipality, by, f"Liste „{path.name[:100]}“")
            _write_letters(outcome.plan, municipality, invite=invite)
            outcome.applied = True
    return outcome


def _apply(plan: Plan, municipality: Municipality, by: User | None, reason: str) -> None:
    many_rows.insert_objects([wish.user for wish in plan.new], named=True)
    renamed = [wish for wish in plan.changed if _renamed(wish)]
    User.objects.bulk_update([wish.user for wish in renamed], NAMES, batch_size=CHUNK)
    _tell(renamed, municipality, by, reason)
    _keep_numbers([*plan.new, *plan.changed], municipality, by, reason)
    starts: defaultdict[date, dict[int, Held]] = defaultdict(dict)
    ends: defaultdict[date, dict[int, Held]] = defaultdict(dict)
    for wish in [*plan.new, *plan.changed]:
        if wish.moves or wish.known is None:
            starts[wish.day][wish.user.pk] = wish.held
        if wish.until is not None and (wish.ends or wish.known is None):
            ends[wish.until + timedelta(days=1)][wish.user.pk] = NOTHING
    for days in (starts, ends):
        for day, changes in sorted(days.items()):
            record(municipality, changes, effective_on=day, by=by, reason=reason)


def _write_letters(plan: Plan, municipality: Municipality, *, invite: bool) -> None:
    names = dict(municipality.departments.values_list("pk", "name"))
    found: list[EmailMessage] = []
    for wish in plan.changed:
        if wish.moves:
            department = names.get(wish.held.department or 0, "")
            found += letters.about_role(wish.user, municipality, wish.held.role, department, wish.day)
        if wish.ends and wish.until is not None:
            found += letters.about_role(wish.user, municipality, "", "", wish.until + timedelta(days=1))
    here = User.objects.filter(pk__in=[wish.user.pk for wish in plan.new], is_active=True).exclude(email="")
    for user in here if invite else ():
        if link := password_link(user):
            found.append(letters.invitation(user, municipality, link))
    letters.send_all(found)


def _renamed(wish: Wish) -> bool:
    names = {_("Vorname"), _("Nachname")}
    return any(label in names for label, _before, _after in wish.changes)


def _tell(renamed: list[Wish], municipality: Municipality, by: User | None, reason: str) -> None:
    journal.write_all(
        journal.entry(
            journal.Kind.PERSON,
            municipality=municipality,
            by=by,
            person=wish.user,
            about=str(wish.user),
            after={name: getattr(wish.user, name) for name in NAMES},
            reason=reason,
        )
        for wish in renamed
    )


def _keep_numbers(wishes: list[Wish], municipality: Municipality, by: User | None, reason: str) -> None:
    given = {wish.user.pk: wish.number for wish in wishes if wish.number}
    held = {each.user_id: each for each in StaffNumber.objects.filter(municipality=municipality, user__in=given)}
    changed = [each for user, each in held.items() if each.number != given[user]]
    before = {each.user_id: each.number for each in changed}
    for each in changed:
        each.number = given[each.user_id]
    StaffNumber.objects.bulk_update(changed, ["number"], batch_size=CHUNK)
    new = [
        StaffNumber(municipality=municipality, user_id=user, number=number)
        for user, number in given.items()
        if user not in held
    ]
    many_rows.insert_objects(new)
    people = {wish.user.pk: wish.user for wish in wishes}
    journal.write_all(
        journal.entry(
            journal.Kind.PERSON,
            municipality=municipality,
            by=by,
            person=people[each.user_id],
            about=str(people[each.user_id]),
            before={"staff_number": before.get(each.user_id)},
            after={"staff_number": each.number},
            reason=reason,
        )
        for each in [*changed, *new]
    )
