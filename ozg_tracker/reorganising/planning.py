"""Reorganisations of a day to come: decided today, done on their day as one deed, and called off before."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.departments.changing import clean_name
from ozg_tracker.accounts.models import Municipality, Reorganisation, User
from ozg_tracker.reorganising.models import PlannedReorganisation
from ozg_tracker.reorganising.reorganise import planned, reorganise
from ozg_tracker.reorganising.wishes import Plan, Wish, as_json, wish_in


@transaction.atomic
def plan_ahead(municipality: Municipality, wish: Wish, *, by: User | None) -> PlannedReorganisation:
    """Let `wish` be done on its day, which is to come; what it comes to is found again on that day.

    Raises the ValidationErrors of `planned`; whether `by` may is for the door to ask.
    """
    plan, _moving = planned(municipality, wish)
    made = PlannedReorganisation.objects.create(
        municipality=municipality,
        kind=wish.kind,
        effective_on=wish.effective_on,
        about=_about(plan),
        wish=as_json(wish),
        reason=wish.reason.strip(),
        by=by,
        recorded_at=timezone.now(),
    )
    _tell(made, by, {"effective_on": wish.effective_on.isoformat()}, made.reason)
    return made


def do_or_plan(municipality: Municipality, wish: Wish, *, by: User | None) -> Reorganisation | PlannedReorganisation:
    """`reorganise` where the day of `wish` has come, else `plan_ahead`."""
    deed = plan_ahead if wish.effective_on > timezone.localdate() else reorganise
    return deed(municipality, wish, by=by)


@transaction.atomic
def call_off(waits: PlannedReorganisation, *, by: User | None, reason: str = "") -> None:
    """Let it not happen. ValidationError `not_planned` where it is done or called off already."""
    found = PlannedReorganisation.objects.select_for_update(of=("self",)).get(pk=waits.pk)
    if found.done_id is not None or found.called_off_at is not None:
        raise ValidationError(_("Dieser Umbau ist schon ausgeführt oder abgesagt."), code="not_planned")
    found.called_off_at = timezone.now()
    found.save(update_fields=["called_off_at"])
    _tell(found, by, {"called_off": "ja"}, reason)


def waiting(municipality: Municipality) -> QuerySet[PlannedReorganisation]:
    """Those that are neither done nor called off, the first day first."""
    found = PlannedReorganisation.objects.filter(municipality=municipality, done=None, called_off_at=None)
    return found.select_related("by")


def come_due(municipality: Municipality, day: date) -> int:
    """Do those whose day has come, from their own day on; says how many. What cannot be done says why, and stays."""
    done = 0
    for each in waiting(municipality).filter(effective_on__lte=day):
        try:
            with transaction.atomic():
                each.done = reorganise(municipality, wish_in(each.wish), by=each.by)
                each.trouble = ""
                each.save(update_fields=["done", "trouble"])
            done += 1
        except ValidationError as error:
            each.done, each.trouble = None, " ".join(error.messages)[:1000]
            each.save(update_fields=["trouble"])
    return done


def _about(plan: Plan) -> str:
    """The departments that are chosen, or that come to be, by name."""
    chosen = [plan.before[pk].name for pk in plan.wish.departments]
    new = [clean_name(plan.wish.name)] if plan.wish.name.strip() else [node.name for node in plan.new.values()]
    told = ", ".join(chosen)
    return (f"{told} → {', '.join(new)}" if told and new else told or ", ".join(new))[:300]


def _tell(made: PlannedReorganisation, by: User | None, after: dict[str, str | None], reason: str) -> None:
    kind = journal.Kind.DEPARTMENT
    journal.write(kind, municipality=made.municipality, by=by, about=str(made)[:200], after=after, reason=reason)
