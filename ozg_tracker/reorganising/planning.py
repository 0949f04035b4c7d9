"""Reorganisations of a day to come: decided today, done on their day as one deed, and called off before. And drafts,
which nobody has decided yet.
"""

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
    made = _keep(PlannedReorganisation(municipality=municipality), wish, by)
    _tell(made, by, {"effective_on": wish.effective_on.isoformat()}, made.reason)
    return made


@transaction.atomic
def keep_draft(
    municipality: Municipality, wish: Wish, *, by: User | None, instead: PlannedReorganisation | None = None
) -> PlannedReorganisation:
    """Keep `wish` without deciding it, in the place of an earlier draft. Raises the ValidationErrors of `planned`."""
    return _keep(instead or PlannedReorganisation(municipality=municipality, draft=True), wish, by)


def drop_draft(draft: PlannedReorganisation) -> None:
    """It was decided otherwise, or not at all; nothing depends on it. What is decided is called off instead."""
    PlannedReorganisation.objects.filter(pk=draft.pk, draft=True).delete()


def _keep(made: PlannedReorganisation, wish: Wish, by: User | None) -> PlannedReorganisation:
    plan, _moving = planned(made.municipality, wish)
    made.kind, made.effective_on, made.about = wish.kind, wish.effective_on, _about(plan)
    made.wish, made.reason, made.by, made.recorded_at = as_json(wish), wish.reason.strip(), by, timezone.now()
    made.save()
    return made


def do_or_plan(municipality: Municipality, wish: Wish, *, by: User | None) -> Reorganisation | PlannedReorganisation:
    """`reorganise` where the day of `wish` has come, else `plan_ahead`."""
    deed = plan_ahead if wish.effective_on > timezone.localdate() else reorganise
    return deed(municipality, wish, by=by)


@transaction.atomic
def call_off(waits: PlannedReorganisation, *, by: User | None, reason: str = "") -> None:
    """Let it not happen. ValidationError `not_planned` where it is done or called off already."""
    found = PlannedReorganisation.objects.select_for_update(of=("self",)).get(pk=waits.pk)
    if found.done_id is not None or found.called_off_at is not None or found.draft:
        raise ValidationError(_("Dieser Umbau ist schon ausgeführt oder abgesagt."), code="not_planned")
    found.called_off_at = timezone.now()
    found.save(update_fields=["called_off_at"])
    _tell(found, by, {"called_off": "ja"}, reason)


def waiting(municipality: Municipality) -> QuerySet[PlannedReorganisation]:
    """Those that are decided and neither done nor called off, the first day first."""
    found = PlannedReorganisation.objects.filter(municipality=municipality, done=None, called_off_at=None, draft=False)
    return found.select_related("by")


def drafts(municipality: Municipality) -> QuerySet[PlannedReorganisation]:
    """What is not decided yet, the first day first."""
    return PlannedReorganisation.objects.filter(municipality=municipality, draft=True).select_related("by")


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
