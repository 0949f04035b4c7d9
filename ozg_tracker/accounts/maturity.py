"""The maturity model of a municipality, which changes from a day on: the days before keep theirs."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import MaturityLevel, MaturityModel
from catalog.reasons import refuse_long_reason
from ozg_tracker.accounts import access, journal
from ozg_tracker.accounts.models import Deed, MaturityModelEvent, Municipality, User
from ozg_tracker.accounts.models.maturity_events import LONGEST_REASON

BEGINNING = date(2017, 8, 18)
AHEAD = timedelta(days=3 * 366)
RECORDED = datetime(2017, 8, 18, tzinfo=UTC)  # of the model a municipality had before its first change


class Models(NamedTuple):
    """The ids of a municipality's models by the day each begins to hold; no days: one model ever since."""

    days: Sequence[date] = ()
    ids: Sequence[int] = ()

    def on(self, day: date, otherwise: int) -> int:
        """The id of the model of `day`; `otherwise` where it never changed."""
        return self.ids[max(0, bisect_right(self.days, day) - 1)] if self.days else otherwise


ONE_MODEL = Models()


def models_of(municipality: Municipality) -> Models:
    """As known today; no query for a municipality that never changed its model, else one."""
    if municipality.maturity_model_since is None:
        return ONE_MODEL
    events = MaturityModelEvent.objects.filter(municipality=municipality).order_by("effective_on", "pk")
    told = dict(events.values_list("effective_on", "model"))  # of one day the last one holds
    return Models(tuple(told), tuple(told.values()))


def model_on(municipality: Municipality, day: date, known_at: datetime | None = None) -> MaturityModel:
    """The model that holds at the end of `day`, as known at `known_at` (default: now)."""
    if municipality.maturity_model_since is None:
        return municipality.maturity_model
    events = MaturityModelEvent.objects.filter(
        municipality=municipality, effective_on__lte=day, recorded_at__lte=known_at or timezone.now()
    )
    found = events.select_related("model").order_by("-effective_on", "-pk").first()
    return found.model if found else municipality.maturity_model


class EarlierLevels:
    """The levels (id by number) of the models that held on earlier days; read once, where they are asked for."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality

    @cached_property
    def _models(self) -> Models:
        return models_of(self._municipality)

    @cached_property
    def _levels(self) -> dict[int, dict[int, int]]:
        found: dict[int, dict[int, int]] = {}
        levels = MaturityLevel.objects.filter(model__in=set(self._models.ids))
        for model, number, pk in levels.values_list("model", "number", "pk"):
            found.setdefault(model, {})[number] = pk
        return found

    def on(self, day: date | None, today: dict[int, int]) -> dict[int, int]:
        """Those of the model of `day`; `today` (those of today's model) where that holds then, or without a day."""
        present, since = self._municipality.maturity_model_id, self._municipality.maturity_model_since
        if day is None or since is None or day >= since:
            return today
        model = self._models.on(day, present)
        return today if model == present else self._levels.get(model, today)


def may_change_model(user: User, municipality: Municipality) -> bool:
    return access.may(user, municipality, Deed.CHOOSE_MODEL)


@transaction.atomic
def change_model(
    municipality: Municipality,
    model: MaturityModel,
    *,
    effective_on: date | None = None,
    reason: str,
    by: User | None,
) -> MaturityModelEvent:
    """From a day on (default: today) the municipality rates with `model`; a day to come: then, unless it is called off.

    Nothing that was rated is converted: it keeps its level, and waits to be rated anew. `by` None: a command.
    PermissionDenied for whom may not. ValidationError by field: `too_far`, `too_early`, `before_the_model`,
    `nothing_to_do`, `reason_required`, `reason_too_long`.
    """
    _refuse_unless_may(by, municipality)
    held = Municipality.objects.select_for_update(of=("self",)).select_related("maturity_model").get(pk=municipality.pk)
    today = timezone.localdate()
    day = effective_on or today
    _refuse_day(day, today, model)
    before = model_on(held, day)
    if before.pk == model.pk:
        sentence = _("Am %(day)s gilt schon das Reifegradmodell %(model)s.")
        raise _wrong("model", sentence % {"day": f"{day:%d.%m.%Y}", "model": model.version}, "nothing_to_do")
    _refuse_reason(reason)
    if held.maturity_model_since is None:
        _add(held, held.maturity_model, BEGINNING, RECORDED, "", None)
    made = _add(held, model, day, timezone.now(), reason.strip(), by)
    _show_today(held, today)
    municipality.maturity_model, municipality.maturity_model_since = held.maturity_model, held.maturity_model_since
    journal.write(
        journal.Kind.MUNICIPALITY,
        municipality=held,
        by=by,
        about=str(model),
        before={"maturity_model": before.version},
        after={"maturity_model": model.version, "effective_on": day.isoformat()},
        reason=reason,
    )
    return made


@transaction.atomic
def call_off(change: MaturityModelEvent, *, by: User | None, reason: str = "") -> MaturityModelEvent:
    """A change of a day to come does not happen: from that day on holds what holds the day before.

    PermissionDenied for whom may not. ValidationError `not_planned` where its day has come or it is called off already.
    """
    municipality = change.municipality
    _refuse_unless_may(by, municipality)
    Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)
    if all(each.pk != change.pk for each in planned_changes(municipality)):
        raise ValidationError(_("Dieser Wechsel gilt schon oder ist schon abgesagt."), code="not_planned")
    day = change.effective_on
    before = model_on(municipality, day - timedelta(days=1))
    said = f"Abgesagt: {reason.strip()}" if reason.strip() else "Abgesagt"  # kept, so German
    made = _add(municipality, before, day, timezone.now(), said[:LONGEST_REASON], by)
    journal.write(
        journal.Kind.MUNICIPALITY,
        municipality=municipality,
        by=by,
        about=str(change.model),
        before={"maturity_model": change.model.version, "effective_on": day.isoformat()},
        after={"maturity_model": before.version, "effective_on": day.isoformat()},
        reason=said,
    )
    return made


def planned_changes(municipality: Municipality) -> list[MaturityModelEvent]:
    """The changes of days to come that still hold, the next day first; one query."""
    if municipality.maturity_model_since is None:
        return []
    events = MaturityModelEvent.objects.filter(municipality=municipality).select_related("model", "municipality", "by")
    return planned_among(events.order_by("effective_on", "pk"))


def planned_among(events: Iterable[MaturityModelEvent]) -> list[MaturityModelEvent]:
    """Those of `events`, a municipality's in the order of their days, that change its model on a day to come."""
    days, today = {each.effective_on: each for each in events}.values(), timezone.localdate()  # the last of a day holds
    return [after for before, after in pairwise(days) if after.effective_on > today and before.model != after.model]


def come_due(municipality: Municipality, today: date) -> int:
    """Let the municipality show the model of today, where the day of a change has come; 1 where it had not yet."""
    if municipality.maturity_model_since is None:
        return 0
    with transaction.atomic():
        held = Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)
        before = held.maturity_model_id, held.maturity_model_since
        _show_today(held, today)
        return int(before != (held.maturity_model_id, held.maturity_model_since))


def _refuse_unless_may(by: User | None, municipality: Municipality) -> None:
    if by is not None and not may_change_model(by, municipality):
        raise PermissionDenied(_("Das Reifegradmodell wechselt die OZG-Koordination."))


def _refuse_day(day: date, today: date, model: MaturityModel) -> None:
    if day > today + AHEAD:
        raise _wrong("effective_on", _("Ein Wechsel des Modells wird höchstens drei Jahre vorher geplant."), "too_far")
    if day < BEGINNING:
        sentence = _("Vor dem 18.08.2017, als das OZG in Kraft trat, gab es kein Modell.")
        raise _wrong("effective_on", sentence, "too_early")
    if model.valid_from and day < model.valid_from:
        sentence = _("Das Reifegradmodell %(model)s gibt es erst seit dem %(day)s.")
        told = sentence % {"model": model.version, "day": f"{model.valid_from:%d.%m.%Y}"}
        raise _wrong("effective_on", told, "before_the_model")


def _refuse_reason(reason: str) -> None:
    longest = MaturityModelEvent._meta.get_field("reason").max_length or 0
    if not reason.strip():
        raise _wrong("reason", _("Bitte sagen Sie, warum das Modell wechselt, etwa den Beschluss."), "reason_required")
    refuse_long_reason(reason, longest)


def _wrong(field: str, sentence: str, code: str) -> ValidationError:
    return ValidationError({field: ValidationError(sentence, code)})


def _add(
    municipality: Municipality, model: MaturityModel, day: date, recorded_at: datetime, reason: str, by: User | None
) -> MaturityModelEvent:
    made = MaturityModelEvent(
        municipality=municipality, model=model, effective_on=day, recorded_at=recorded_at, reason=reason, by=by
    )
    made.full_clean(exclude=["by", "reason"])
    made.save(force_insert=True)
    return made


def _show_today(municipality: Municipality, today: date) -> None:
    """Let the municipality show the model of today, and since when without a break it has been that one."""
    events = MaturityModelEvent.objects.filter(municipality=municipality, effective_on__lte=today)
    last, *earlier = events.select_related("model").order_by("-effective_on", "-pk")
    since = last.effective_on
    for each in earlier:
        if each.effective_on == since:
            continue  # replaced on the same day
        if each.model_id != last.model_id:
            break
        since = each.effective_on
    municipality.maturity_model, municipality.maturity_model_since = last.model, since
    municipality.save(update_fields=["maturity_model", "maturity_model_since"])
