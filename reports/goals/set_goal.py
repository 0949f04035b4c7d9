"""set_goal and withdraw_goal: so many services a municipality wants ready at a year's end, or no longer."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.reasons import given
from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.rows.locks import hold
from reports.editions.approving import refuse_unless_decides
from reports.models import FIRST_GOAL_YEAR, LAST_GOAL_YEAR, LONGEST_DECIDED, MOST_TARGET, Goal


def _last_said(municipality: Municipality) -> int:
    """The id of what was said last of any year; 0 where nothing was."""
    newest = Goal.objects.filter(municipality=municipality).order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


@transaction.atomic
def set_goal(
    municipality: Municipality, by: User, *, year: int, target: int, decided: str, reason: str, seen: int | None = None
) -> Goal:
    """At least `target` services shall be ready when `year` ends; editions that are frozen from now on say so.

    `decided`: by whom and when, as the report prints it. `seen`: the id of what the person knows was said last of
    any year, 0: nothing; None asks for nothing. A ValidationError by field, or `not_allowed`, `changed_meanwhile`;
    where nothing would change, what stands is given back and nothing is written.
    """
    refuse_unless_decides(by, municipality)
    words = " ".join(decided.split())
    _check(year, target, words)
    why = _reason(reason)
    hold(municipality.pk, exclusive=True)
    before = _standing(municipality, year, seen)
    if before and (before.target, before.decided) == (target, words):
        return before
    return _record(municipality, by, before, year=year, target=target, decided=words, reason=why)


@transaction.atomic
def withdraw_goal(municipality: Municipality, by: User, *, year: int, reason: str, seen: int | None = None) -> Goal:
    """No goal holds for `year` any more; editions that told it keep it.

    A ValidationError `not_allowed`, `reason_required`, `no_goal`, `changed_meanwhile`.
    """
    refuse_unless_decides(by, municipality)
    why = _reason(reason)
    hold(municipality.pk, exclusive=True)
    before = _standing(municipality, year, seen)
    if before is None or before.target is None:
        sentence = _("Für %(year)s gilt kein Jahresziel. Es wurde nichts geändert.") % {"year": year}
        raise ValidationError({"year": ValidationError(sentence, code="no_goal")})
    return _record(municipality, by, before, year=year, target=None, decided="", reason=why)


def _record(
    municipality: Municipality,
    by: User,
    before: Goal | None,
    *,
    year: int,
    target: int | None,
    decided: str,
    reason: str,
) -> Goal:
    made = Goal.objects.create(
        municipality=municipality,
        year=year,
        target=target,
        decided=decided,
        reason=reason,
        by=by,
        recorded_at=timezone.now(),
    )
    journal.write(
        journal.Kind.MUNICIPALITY,
        municipality=municipality,
        by=by,
        about=_("Jahresziel %(year)s") % {"year": year},
        before=_told(before),
        after=_told(made),
        reason=reason,
    )
    return made


def _told(goal: Goal | None) -> dict[str, str]:
    if goal is None or goal.target is None:
        return {"target": ""}
    return {"target": str(goal.target), "decided": goal.decided}


def _standing(municipality: Municipality, year: int, seen: int | None) -> Goal | None:
    if seen is not None and seen != _last_said(municipality):
        sentence = _(
            "Inzwischen hat jemand anderes ein Jahresziel geändert. Bitte prüfen Sie, was jetzt gilt. Nichts ist "
            "geändert."
        )
        raise ValidationError(sentence, code="changed_meanwhile")
    return Goal.objects.filter(municipality=municipality, year=year).first()


def _reason(reason: str) -> str:
    try:
        return given(reason, _("Bitte begründen Sie das Jahresziel oder seine Änderung."))
    except ValidationError as error:
        raise ValidationError({"reason": error}) from error


def _check(year: int, target: int, decided: str) -> None:
    problems: dict[str, ValidationError] = {}
    if not FIRST_GOAL_YEAR <= year <= LAST_GOAL_YEAR:
        problems["year"] = ValidationError(_("Das Jahr liegt zwischen 2017 und 2100."), code="invalid")
    if not 1 <= target <= MOST_TARGET:
        sentence = _("Ein Jahresziel ist mindestens 1 fertige Leistung, höchstens 100.000.")
        problems["target"] = ValidationError(sentence, code="invalid")
    if not decided:
        sentence = _("Bitte nennen Sie, wer das Jahresziel wann beschlossen hat. Es steht im Bericht.")
        problems["decided"] = ValidationError(sentence, code="required")
    elif len(decided) > LONGEST_DECIDED:
        problems["decided"] = ValidationError(_("Bitte höchstens 200 Zeichen."), code="too_long")
    if problems:
        raise ValidationError(problems)
