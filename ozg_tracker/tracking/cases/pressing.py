"""press(), press_back(): a case is counted in a counting week, or the last one was none."""

from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.access import membership, tree_ids
from ozg_tracker.accounts.models import Deed, User, reach_of
from ozg_tracker.tracking.cases.tallying import Phase, tally
from ozg_tracker.tracking.models import Channel, CountingPress, CountingWeek, MunicipalService
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.rights import rights_in


def may_count(week: CountingWeek, user: User) -> Callable[[MunicipalService], bool]:
    """Tells of a row whether the person counts it: whoever may report its status, and everybody of the department.

    At the counter sits whoever is there, not only who answers for the service: to count a case changes no status.
    """
    held = membership(user, week.municipality)
    reach = reach_of(held.role if held else None, Deed.CHANGE_ROWS)
    at_counter = reach is not None and held is not None and held.department_id in tree_ids(week.department)
    rights = rights_in(week.municipality, user)
    return lambda row: at_counter or "cases_per_year" in rights.own_fields(row)


@transaction.atomic
def press(week: CountingWeek, row_id: int, channel: str, client_id: UUID, *, by: User) -> CountingPress:
    """Count a case; one that is sent again (same `client_id`, same person) counts once, and gives what is kept.

    ValidationError outside the days of the week, for a row that is not counted and for a channel that there is not.
    PermissionDenied for a row that the person does not count.
    """
    if kept := _kept(week, client_id, by):
        return kept
    told = tally(week)
    _refuse_unless_running(told.phase, week)
    row = next((line.row for line in told.lines if line.row.pk == row_id), None)
    if row is None:
        raise ValidationError(_("Diese Leistung wird in dieser Zählwoche nicht gezählt."), code="does_not_exist")
    if channel not in Channel.values:
        raise ValidationError(_("Diesen Eingangskanal gibt es nicht."), code="invalid_channel")
    if not may_count(week, by)(row):
        sentence = _("Fälle von „%(row)s“ zählt, wer im Fachbereich arbeitet oder den Stand der Leistung melden darf.")
        raise PermissionDenied(sentence % {"row": row})
    said = {"week": week, "row": row, "channel": channel, "client_id": client_id, "by": by}
    return CountingPress.objects.create(**said, recorded_at=timezone.now())


@transaction.atomic
def press_back(week: CountingWeek, client_id: UUID, *, by: User) -> CountingPress:
    """The last case that this person counted in the week was none; sent again, it takes back nothing more.

    ValidationError outside the days of the week, and where the person has counted none that stands.
    """
    if kept := _kept(week, client_id, by):
        return kept
    _refuse_unless_running(tally(week).phase, week)
    last = CountingPress.objects.standing().filter(week=week, by=by).order_by("-pk").first()
    if last is None:
        raise ValidationError(_("Sie haben in dieser Zählwoche keinen Fall gezählt."), code="nothing")
    said = {"week": week, "row_id": last.row_id, "channel": last.channel, "client_id": client_id, "by": by}
    return CountingPress.objects.create(**said, withdraws=last, recorded_at=timezone.now())


def _kept(week: CountingWeek, client_id: UUID, by: User) -> CountingPress | None:
    """What came with this id already. Presses of a week wait for each other, and for whoever ends it."""
    locks.hold(week.municipality_id)
    CountingWeek.objects.select_for_update().get(pk=week.pk)
    kept = CountingPress.objects.filter(client_id=client_id).first()
    if kept and (kept.week_id, kept.by_id) != (week.pk, by.pk):
        raise ValidationError(_("Diese Kennung gehört zu einem anderen Fall."), code="taken")
    return kept


def _refuse_unless_running(phase: Phase, week: CountingWeek) -> None:
    if phase == Phase.TO_COME:
        sentence = _("Die Zählwoche beginnt erst am %(day)s; dieser Fall ist nicht gezählt.")
        raise ValidationError(sentence % {"day": f"{week.first_day:%d.%m.%Y}"}, code="to_come")
    if phase != Phase.RUNNING:
        raise ValidationError(_("Die Zählwoche ist zu Ende; dieser Fall ist nicht gezählt."), code="over")
