"""What a person holds besides services: drafts, rounds, dates of trainings. Where it is found, who may hold it, how it
passes to another."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.utils.translation import ngettext

from ozg_tracker.accounts.holdings import Thing
from ozg_tracker.accounts.memberships import held_as_of
from ozg_tracker.accounts.models import Deed, Membership, Municipality, Role, User, who_may
from ozg_tracker.handover.models import Kind
from ozg_tracker.tracking import drafts
from ozg_tracker.tracking.rounds import leading as rounds
from ozg_tracker.training.dates import leading as dates

Key = tuple[str, int, int | None]  # as `Thing.key`
NEEDS = {
    Kind.MERGE: Deed.CHANGE_ROWS,
    Kind.OWN_LIST: Deed.KEEP_OWN_SERVICES,
    Kind.ROUND: Deed.LEAD_ROUNDS,
    Kind.ANSWERS: Deed.READ_ROWS,
    Kind.COURSE_DATE: Deed.LEARN,
}


def held(municipality: Municipality, people: Collection[int] | None = None) -> list[Thing]:
    """All that the people (None: anybody) hold there; nine queries."""
    found = []
    for read in (drafts.drafts, rounds.led, rounds.answered, dates.led):
        found += read(municipality, people)
    return found


def give(municipality: Municipality, things: Mapping[Thing, int], by: User) -> int:
    """Each passes to the person (id); says how many."""
    drafts.pass_on(municipality, _of(things, Kind.MERGE, Kind.OWN_LIST))
    if led := _of(things, Kind.ROUND, Kind.ANSWERS):
        rounds.pass_on(municipality, led, by)
    dates.pass_on(municipality, _of(things, Kind.COURSE_DATE))
    return len(things)


def _of(things: Mapping[Thing, int], *kinds: Kind) -> dict[Thing, int]:
    return {thing: to for thing, to in things.items() if thing.kind in kinds}


def may_hold(kind: str, role: str | None) -> bool:
    """Whether who has the role can act for things of the kind."""
    return role in who_may(NEEDS[Kind(kind)])


def roles_today(municipality: Municipality) -> dict[int, Role]:
    """The role of each who can sign in, by id."""
    found = Membership.objects.filter(municipality=municipality, user__is_active=True)
    return {person: Role(role) for person, role in found.values_list("user", "role")}


def roles_on(municipality: Municipality, day: date) -> dict[int, Role]:
    """The role each will have on `day`, as planned today, by id."""
    return {person: Role(each.role) for person, each in held_as_of(municipality, day).items()}


def stranded(municipality: Municipality) -> list[Thing]:
    """What is held by somebody who cannot act for it."""
    roles = roles_today(municipality)
    return [each for each in held(municipality) if not may_hold(each.kind, roles.get(each.holder))]


def words(services: int, kinds: Iterable[str]) -> str:
    """What that is, counted: "3 Leistungen, 1 Entwurf, 2 Bestätigungsrunden"."""
    number = Counter(kinds)
    draft = number[Kind.MERGE] + number[Kind.OWN_LIST]
    said = (
        (services, ngettext("%(n)d Leistung", "%(n)d Leistungen", services)),
        (draft, ngettext("%(n)d Entwurf", "%(n)d Entwürfe", draft)),
        (number[Kind.ROUND], ngettext("%(n)d Bestätigungsrunde", "%(n)d Bestätigungsrunden", number[Kind.ROUND])),
        (
            number[Kind.ANSWERS],
            ngettext("%(n)d Antwort in einer Runde", "%(n)d Antworten in Runden", number[Kind.ANSWERS]),
        ),
        (
            number[Kind.COURSE_DATE],
            ngettext("%(n)d Schulungstermin", "%(n)d Schulungstermine", number[Kind.COURSE_DATE]),
        ),
    )
    return ", ".join(sentence % {"n": each} for each, sentence in said if each)
