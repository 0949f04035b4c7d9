"""Which rounds a person leads or answers for; told to whoever lets people go, and passed to another by a handover."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.holdings import Holding, Thing
from ozg_tracker.accounts.models import Department, Membership, Municipality, Role, User
from ozg_tracker.tracking.models import Round, RoundRow, RoundStep, StepKind
from ozg_tracker.tracking.rows import locks

LEADS, ANSWERS = "round", "answers"


def led(municipality: Municipality, people: Collection[int] | None = None) -> list[Thing]:
    """The running rounds that the people (None: anybody) lead; two queries."""
    names = dict(Round.objects.running().filter(municipality=municipality).values_list("pk", "name"))
    leaders = dict(Round.objects.filter(pk__in=names).values_list("pk", "by"))
    for asked, leader in _passed(names).filter(department=None).values_list("round", "leader"):
        leaders[asked] = leader or leaders[asked]
    return [
        Thing(LEADS, asked, names[asked], leader)
        for asked, leader in leaders.items()
        if people is None or leader in people
    ]


def answered(municipality: Municipality, people: Collection[int] | None = None) -> list[Thing]:
    """The departments of running rounds, not handed in, for which the people (None: anybody) are the ones to answer:
    who leads the department alone, or who answers for it since a handover. Four queries.
    """
    names = dict(Round.objects.running().filter(municipality=municipality).values_list("pk", "name"))
    asked = RoundRow.objects.filter(round__in=names, department__isnull=False).order_by()
    units: dict[tuple[int, int | None], str] = {
        (pk, department): name
        for pk, department, name in asked.values_list("round", "department", "department__name").distinct()
    }
    answerers = _who_answers(municipality, units)
    return [
        Thing(ANSWERS, pk, _("%(round)s: %(department)s") % {"round": names[pk], "department": name}, person, part)
        for (pk, part), name in sorted(units.items(), key=lambda pair: pair[0][0])
        if (person := answerers.get((pk, part))) and (people is None or person in people)
    ]


def _who_answers(
    municipality: Municipality, units: Collection[tuple[int, int | None]]
) -> dict[tuple[int, int | None], int]:
    """The one person who is to answer for each of the pairs of round and department that still wait."""
    departments = {department for _pk, department in units}
    leading = Membership.objects.filter(
        municipality=municipality, role=Role.MANAGER, user__is_active=True, department__in=departments
    )
    of_department: dict[int | None, set[int]] = {}
    for department, user in leading.values_list("department", "user"):
        of_department.setdefault(department, set()).add(user)
    found = {unit: next(iter(who)) for unit in units if len(who := of_department.get(unit[1], set())) == 1}
    steps = RoundStep.objects.standing().filter(round__in={pk for pk, _department in units}, department__isnull=False)
    moves = steps.exclude(kind=StepKind.REMINDED).order_by("pk")
    last: dict[tuple[int, int | None], str] = {}
    for pk, department, kind, leader in moves.values_list("round", "department", "kind", "leader"):
        if kind == StepKind.LED and leader:
            found[pk, department] = leader
        else:
            last[pk, department] = kind
    through = {unit for unit, kind in last.items() if kind != StepKind.RETURNED}
    return {unit: person for unit, person in found.items() if unit not in through}


def answering(asked: Round, department: Department) -> int | None:
    """The id of who answers for the department since a handover."""
    found = _passed([asked.pk]).filter(department=department).values_list("leader", flat=True)
    return found.last()


def pass_on(municipality: Municipality, things: Mapping[Thing, int], by: User) -> None:
    """Another person (id) leads each round, or answers for its department, from now on. Two queries.

    For handovers, which have asked whether both may.
    """
    locks.hold(municipality.pk)
    now = timezone.now()
    RoundStep.objects.bulk_create(
        RoundStep(round_id=each.pk, department_id=each.part, kind=StepKind.LED, leader_id=to, by=by, recorded_at=now)
        for each, to in things.items()
    )


def _passed(rounds: Iterable[int]) -> QuerySet[RoundStep]:
    return RoundStep.objects.standing().filter(round__in=list(rounds), kind=StepKind.LED).order_by("pk")


def told(municipality: Municipality, person: int) -> str:
    """What of the running rounds the person leads or answers for, in words; "" for nothing."""
    found = listed(municipality, [person]).get(person)
    return found.words if found else ""


def listed(municipality: Municipality, people: Collection[int]) -> dict[int, Holding]:
    """The same for many; who has none is not in it. A constant number of queries."""
    leads = Counter(each.holder for each in led(municipality, people))
    answers = Counter(each.holder for each in answered(municipality, people))
    return {person: Holding(_words(leads[person], answers[person])) for person in {*leads, *answers}}


def _words(leads: int, answers: int) -> str:
    leading = ngettext("leitet %(number)d Bestätigungsrunde", "leitet %(number)d Bestätigungsrunden", leads)
    answering = ngettext(
        "antwortet in %(number)d Bestätigungsrunde", "antwortet in %(number)d Bestätigungsrunden", answers
    )
    said = ((leading, leads), (answering, answers))
    return ", ".join(sentence % {"number": number} for sentence, number in said if number)
