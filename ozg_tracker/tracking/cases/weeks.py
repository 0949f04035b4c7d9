"""start_week(), end_week(), take_over(): a counting week from its first day until its numbers stand in the year."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.models import Deed, Department, Membership, Reach, User, reach_of
from ozg_tracker.tracking.cases.extrapolating import weeks_between
from ozg_tracker.tracking.cases.recording import Entry, Number, record_cases
from ozg_tracker.tracking.cases.tallying import Phase, Tally, tally
from ozg_tracker.tracking.models import CaseCount, CountedRow, CountingStep, CountingWeek, MunicipalService
from ozg_tracker.tracking.models.counting_weeks import LONGEST_WEEK, MOST_COUNTED_ROWS, MOST_WEEKS_OPEN, WEEKS_OPEN
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.rights import Rights, rights_in

LONGEST_AHEAD = 366  # days


def may_lead(rights: Rights, department_id: int) -> bool:
    """Whether the person begins and ends the weeks of the department: coordination, and whoever leads it."""
    tree = reach_of(rights.role, Deed.CHANGE_ROWS) == Reach.TREE
    return rights.every_row or (tree and department_id in rights.tree)


def counted_today(held: Membership) -> list[CountingWeek]:
    """The weeks that count today in the person's department or one above it: what is counted at that counter."""
    if held.department_id is None or reach_of(held.role, Deed.CHANGE_ROWS) is None:
        return []
    today = timezone.localdate()
    ended = CountingStep.objects.filter(week=OuterRef("pk"), row=None)
    begun = CountingWeek.objects.filter(~Exists(ended), municipality=held.municipality_id, first_day__lte=today)
    recent = begun.filter(first_day__gt=today - timedelta(days=LONGEST_WEEK)).select_related("department")
    running = [week for week in recent.order_by("first_day", "pk") if today <= week.last_day]
    if not running:
        return []
    parents = dict(Department.objects.filter(municipality=held.municipality_id).values_list("pk", "parent"))
    above: list[int] = []
    each: int | None = held.department_id
    while each is not None and each not in above:
        above.append(each)
        each = parents.get(each)
    return [week for week in running if week.department_id in above]


@transaction.atomic
def start_week(
    department: Department,
    rows: Collection[MunicipalService],
    *,
    first_day: date,
    last_day: date,
    by: User,
    weeks_open: int = WEEKS_OPEN,
) -> CountingWeek:
    """Begin to count `rows`, services of the department or of one below it, from `first_day` to `last_day`.

    ValidationError by field (`first_day`, `last_day`, `rows`, `weeks_open`). PermissionDenied for whoever does not
    lead the department.
    """
    municipality = department.municipality
    if not may_lead(rights_in(municipality, by), department.pk):
        raise PermissionDenied(_("Eine Zählwoche beginnt, wer den Fachbereich leitet, oder die OZG-Koordination."))
    _refuse_days(first_day, last_day)
    if not 1 <= weeks_open <= MOST_WEEKS_OPEN:
        raise _wrong("weeks_open", _("Geöffnet ist in 1 bis 53 Wochen des Jahres."))
    if not 1 <= len(rows) <= MOST_COUNTED_ROWS:
        sentence = _("Bitte wählen Sie 1 bis %(most)d Leistungen, die gezählt werden.")
        raise _wrong("rows", sentence % {"most": MOST_COUNTED_ROWS})
    locks.hold(municipality.pk)
    here = MunicipalService.objects.select_for_update(of=("self",)).filter(
        municipality=municipality, department__in=tree_ids(department), pk__in=[row.pk for row in rows]
    )
    found = list(here.select_related("service").order_by("pk"))
    if len(found) != len(rows):
        raise _wrong("rows", _("Gezählt werden nur Leistungen dieses Fachbereichs."))
    _refuse_counted(found, first_day, last_day)
    week = CountingWeek.objects.create(
        municipality=municipality,
        department=department,
        first_day=first_day,
        days=(last_day - first_day).days + 1,
        weeks_open=weeks_open,
        by=by,
        recorded_at=timezone.now(),
    )
    CountedRow.objects.bulk_create(CountedRow(week=week, row=row) for row in found)
    return week


def _refuse_days(first_day: date, last_day: date) -> None:
    today = timezone.localdate()
    if first_day < today:
        raise _wrong("first_day", _("Der erste Tag liegt in der Vergangenheit. Gezählt wird frühestens ab heute."))
    if first_day > today + timedelta(days=LONGEST_AHEAD):
        raise _wrong("first_day", _("Der erste Tag liegt mehr als ein Jahr voraus."))
    if last_day < first_day:
        raise _wrong("last_day", _("Der letzte Tag liegt vor dem ersten."))
    if (last_day - first_day).days >= LONGEST_WEEK:
        raise _wrong("last_day", _("Eine Zählwoche dauert höchstens 14 Tage."))
    if not weeks_between(first_day, last_day):
        raise _wrong("last_day", _("Eine Zählwoche hat mindestens einen Tag von Montag bis Freitag."))


def _refuse_counted(rows: Sequence[MunicipalService], first_day: date, last_day: date) -> None:
    """No case is counted in two weeks: of each row one week a day."""
    ended = CountingStep.objects.filter(week=OuterRef("week"), row=None)
    others = CountedRow.objects.filter(~Exists(ended), row__in=rows, week__first_day__lte=last_day)
    for each in others.select_related("week__department", "row__service"):
        if each.week.last_day >= first_day:
            sentence = _("„%(row)s“ wird schon gezählt: %(week)s.") % {"row": each.row, "week": each.week}
            raise _wrong("rows", sentence)


@transaction.atomic
def end_week(week: CountingWeek, kind: str, *, by: User) -> CountingStep:
    """End a week before its last day (`ended`: what was counted until today holds), or call it off (`called_off`).

    ValidationError where it is over, or has not begun and is to be ended. PermissionDenied for whoever does not lead.
    """
    locks.hold(week.municipality_id)
    CountingWeek.objects.select_for_update().get(pk=week.pk)
    if not may_lead(rights_in(week.municipality, by), week.department_id):
        raise PermissionDenied(_("Eine Zählwoche beendet, wer den Fachbereich leitet, oder die OZG-Koordination."))
    phase = tally(week).phase
    if phase in (Phase.OVER, Phase.CALLED_OFF):
        raise ValidationError(_("Diese Zählwoche ist schon zu Ende."), code="over")
    if kind == CountingStep.Kind.ENDED and phase == Phase.TO_COME:
        raise ValidationError(_("Diese Zählwoche hat noch nicht begonnen; Sie können sie absagen."), code="to_come")
    if kind == CountingStep.Kind.ENDED and not weeks_between(week.first_day, timezone.localdate()):
        sentence = _("Bisher liegt kein Tag von Montag bis Freitag in der Zählwoche; Sie können sie absagen.")
        raise ValidationError(sentence, code="to_come")
    return CountingStep.objects.create(week=week, kind=kind, by=by, recorded_at=timezone.now())


@transaction.atomic
def take_over(week: CountingWeek, *, by: User) -> tuple[list[CaseCount], list[MunicipalService]]:
    """Enter what the week says of the year, for each row the person may report: what was entered, and rows left out.

    Of each row once. ValidationError where the week is not over, or nothing is left to be taken over.
    """
    locks.hold(week.municipality_id)
    CountingWeek.objects.select_for_update().get(pk=week.pk)
    told = tally(week)
    if told.phase != Phase.OVER:
        raise ValidationError(_("Ins Jahr kommt eine Zählwoche erst, wenn sie zu Ende ist."), code="not_over")
    rights = rights_in(week.municipality, by)
    waiting = [line for line in told.lines if not line.taken_over]
    mine = [line for line in waiting if "cases_per_year" in rights.own_fields(line.row)]
    if not waiting:
        raise ValidationError(_("Diese Zählwoche ist schon ins Jahr übernommen."), code="taken_over")
    if not mine:
        raise PermissionDenied(_("Fälle übernimmt, wer den Stand der Leistungen melden darf."))
    entries = [Entry(line.row.pk, week.first_day.year, _numbers(told, line.counts)) for line in mine]
    why = _("Zählwoche %(first)s bis %(last)s")
    days = {"first": f"{week.first_day:%d.%m.%Y}", "last": f"{told.last_day:%d.%m.%Y}"}
    how = CaseCount.How.WEEK
    made = record_cases(week.municipality, entries, by=by, rights=rights, how=how, reason=why % days)
    now, kind = timezone.now(), CountingStep.Kind.TAKEN_OVER
    CountingStep.objects.bulk_create(
        CountingStep(week=week, kind=kind, row=line.row, by=by, recorded_at=now) for line in mine
    )
    return made, [line.row for line in waiting if line not in mine]


def _numbers(told: Tally, counts: dict[str, int]) -> dict[str, Number]:
    estimates = {channel: told.estimate(count) for channel, count in counts.items()}
    return {channel: Number(each.number, each.low, each.high) for channel, each in estimates.items()}


def _wrong(field: str, sentence: str) -> ValidationError:
    return ValidationError({field: ValidationError(sentence, code="invalid")})
