"""What happens to a round: handed in, given back, accepted, extended, led by another, ended; or one of them undone."""

from collections.abc import Collection
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.access import may, membership, tree_ids
from ozg_tracker.accounts.models import Deed, Department, Reach, User, reach_of
from ozg_tracker.tracking.models import Round, RoundReopened, RoundStep, StepKind
from ozg_tracker.tracking.models.rounds import ENDS
from ozg_tracker.tracking.rounds import letters
from ozg_tracker.tracking.rounds.leading import answering
from ozg_tracker.tracking.rounds.opening import refuse_day
from ozg_tracker.tracking.rounds.standing import Progress, Standing, Unit, standing_of
from ozg_tracker.tracking.rows import locks


def may_lead(asked: Round, user: User) -> bool:
    return may(user, asked.municipality, Deed.LEAD_ROUNDS)


def may_hand_in(asked: Round, department: Department | None, user: User) -> bool:
    """Coordination for all; a manager for the departments of the own tree; who answers for one since a handover."""
    held = membership(user, asked.municipality)
    reach = reach_of(held.role if held else None, Deed.ANSWER_ROUNDS)
    if reach == Reach.ALL:
        return True
    if held is None or department is None:
        return False
    if reach == Reach.TREE and held.department is not None and department.pk in tree_ids(held.department):
        return True
    return Deed.READ_ROWS in held.deeds and answering(asked, department) == user.pk


@transaction.atomic
def hand_in(asked: Round, department: Department | None, *, by: User) -> RoundStep:
    """The department is through: what it has not answered stays "without an answer" and never counts as confirmed.

    PermissionDenied; ValidationError `over`, `not_asked`, `handed_in`.
    """
    if not may_hand_in(asked, department, by):
        raise PermissionDenied(_("Abgeben kann, wer den Fachbereich leitet, oder die OZG-Koordination."))
    unit = _unit(_running(asked), department)
    if not unit.waits:
        raise ValidationError(_("Dieser Fachbereich hat schon abgegeben."), code="handed_in")
    return _step(asked, StepKind.HANDED_IN, by, department=department)


@transaction.atomic
def give_back(
    asked: Round, department: Department | None, rows: Collection[int] = (), *, comment: str, by: User
) -> RoundStep:
    """What was handed in goes back with a comment; of `rows` (ids) the answers count no more, all others stay.

    PermissionDenied; ValidationError `over`, `not_asked`, `not_handed_in`, and by field (`comment`, `rows`).
    """
    _refuse_unless_leading(asked, by)
    unit = _handed_in(asked, department)
    if strange := set(rows) - {each.row.pk for each in unit.answers}:
        sentence = _("Nach diesen Leistungen ist der Fachbereich nicht gefragt: %s.")
        raise ValidationError({"rows": ValidationError(sentence % ", ".join(map(str, sorted(strange)[:10])))})
    if not comment.strip():
        raise ValidationError({"comment": ValidationError(_("Zurückgeben geht nur mit einem Kommentar."), "required")})
    step = _step(asked, StepKind.RETURNED, by, department=department, comment=comment.strip())
    RoundReopened.objects.bulk_create(RoundReopened(step=step, row_id=row) for row in sorted(set(rows)))
    letters.tell_returned(step, unit)
    return step


@transaction.atomic
def accept(asked: Round, department: Department | None, *, by: User) -> RoundStep:
    """Errors as `give_back`."""
    _refuse_unless_leading(asked, by)
    _handed_in(asked, department)
    return _step(asked, StepKind.ACCEPTED, by, department=department)


@transaction.atomic
def extend(asked: Round, until: date, *, by: User) -> RoundStep:
    """Answers are expected until another day. PermissionDenied; ValidationError `over`, and by field (`until`)."""
    _refuse_unless_leading(asked, by)
    refuse_day(until)
    _running(asked)
    return _step(asked, StepKind.EXTENDED, by, until=until)


@transaction.atomic
def pass_on(asked: Round, leader: User, *, by: User) -> RoundStep:
    """Another person leads the round from now on. PermissionDenied; ValidationError `over`, `cannot_lead`."""
    _refuse_unless_leading(asked, by)
    _running(asked)
    if not may_lead(asked, leader):
        sentence = _("%(person)s kann hier keine Runde leiten.") % {"person": leader}
        raise ValidationError({"leader": ValidationError(sentence, code="cannot_lead")})
    return _step(asked, StepKind.LED, by, leader=leader)


@transaction.atomic
def remind(asked: Round, *, by: User) -> int:
    """Write to all leaders whose department has not handed in; says to how many departments.

    PermissionDenied; ValidationError `over`, `nothing_to_do`.
    """
    _refuse_unless_leading(asked, by)
    standing = _running(asked)
    if not standing.waiting:
        raise ValidationError(_("Alle Fachbereiche haben abgegeben."), code="nothing_to_do")
    for unit in standing.waiting:
        _step(asked, StepKind.REMINDED, by, department=unit.department)
    letters.tell_reminded(standing)
    return len(standing.waiting)


@transaction.atomic
def end(asked: Round, kind: StepKind, *, by: User) -> RoundStep:
    """Close the round, or call it off while nobody has handed in. PermissionDenied; ValidationError `over`,
    `answered`.
    """
    _refuse_unless_leading(asked, by)
    standing = _running(asked)
    if kind == StepKind.CALLED_OFF and any(unit.step for unit in standing.units):
        sentence = _("Ein Fachbereich hat schon abgegeben. Absagen geht nicht mehr; schließen Sie die Runde.")
        raise ValidationError(sentence, code="answered")
    return _step(asked, kind, by)


@transaction.atomic
def take_back(step: RoundStep, *, by: User) -> RoundStep:
    """The step did not hold; the round stands as before it. What was handed in, its department takes back; the rest,
    the coordination.

    PermissionDenied; ValidationError `taken_back` where it was already, `built_on` where a later step builds on it.
    """
    asked = step.round
    allowed = may_lead(asked, by)
    if step.kind == StepKind.HANDED_IN:
        allowed = may_hand_in(asked, step.department, by)
    if not allowed:
        raise PermissionDenied(_("Diesen Schritt nimmt jemand anderes zurück: der Fachbereich oder die Koordination."))
    _hold(asked)
    if step.kind in (StepKind.REMINDED, StepKind.TAKEN_BACK):
        raise ValidationError(_("Dieser Schritt lässt sich nicht zurücknehmen."), code="cannot_be_taken_back")
    standing = list(asked.steps.standing().exclude(kind=StepKind.REMINDED))
    if step.pk not in {each.pk for each in standing}:
        raise ValidationError(_("Dieser Schritt ist schon zurückgenommen."), code="taken_back")
    later = [each for each in standing if each.pk > step.pk and _builds_on(each, step)]
    if later:
        words = {"step": later[-1].get_kind_display(), "day": f"{timezone.localdate(later[-1].recorded_at):%d.%m.%Y}"}
        sentence = _("Danach steht „%(step)s“ vom %(day)s. Bitte nehmen Sie zuerst das zurück.") % words
        raise ValidationError(sentence, code="built_on")
    return _step(asked, StepKind.TAKEN_BACK, by, department=step.department, withdraws=step)


def _builds_on(later: RoundStep, step: RoundStep) -> bool:
    """Ending builds on all before it; else a step builds on those of its own kind or its own department."""
    aside = (StepKind.EXTENDED, StepKind.LED)
    if later.kind in ENDS:
        return True
    if (step.kind in aside or later.kind in aside) and step.kind != later.kind:
        return False
    return later.department_id == step.department_id


def _hold(asked: Round) -> None:
    """What happens to a round happens one after the other."""
    locks.hold(asked.municipality_id)
    Round.objects.select_for_update().get(pk=asked.pk)


def _running(asked: Round) -> Standing:
    _hold(asked)
    standing = standing_of(asked)
    if standing.end:
        raise ValidationError(_("Diese Runde ist beendet."), code="over")
    return standing


def _unit(standing: Standing, department: Department | None) -> Unit:
    unit = standing.unit(department.pk if department else 0)
    if unit is None:
        raise ValidationError(_("Dieser Fachbereich ist in der Runde nicht gefragt."), code="not_asked")
    return unit


def _handed_in(asked: Round, department: Department | None) -> Unit:
    unit = _unit(_running(asked), department)
    if unit.progress != Progress.HANDED_IN:
        raise ValidationError(_("Dieser Fachbereich hat nichts zu prüfen abgegeben."), code="not_handed_in")
    return unit


def _refuse_unless_leading(asked: Round, by: User) -> None:
    if not may_lead(asked, by):
        raise PermissionDenied(_("Runden führt die OZG-Koordination."))


def _step(asked: Round, kind: StepKind, by: User, **more: object) -> RoundStep:
    step = RoundStep(round=asked, kind=kind, by=by, recorded_at=timezone.now(), **more)
    step.full_clean()
    step.save()
    return step
