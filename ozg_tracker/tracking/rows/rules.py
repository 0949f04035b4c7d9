"""What may stand in a tracked row: one place for every door, set-wise or single. Facts in, German sentences out.

A reason is needed for a step back and for what the council will ask about; see `reason_needed`. For everything else it
may be empty, so that a manager can bring sixty services up to date in one sitting.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext as _

from catalog.models import LONGEST_TEXT
from catalog.reasons import too_long
from ozg_tracker.accounts.maturity import ONE_MODEL, Models
from ozg_tracker.public_addresses import is_public_address
from ozg_tracker.tracking.models import Responsibility, State, TrackedState

EARLIEST = date(2000, 1, 1)  # before it there was no e-government to track: a slip of the year
MAX_CASES = 2_147_483_647
_NOBODY = -1  # an id that nothing has
_BELOW_ALL = -1  # where no level is: below every level
LONGEST_ADDRESS: int = TrackedState._meta.get_field("online_url").max_length or 0
_CONTROL = dict.fromkeys(set(range(32)) - {9, 10}) | {127: None}
_check_url = URLValidator(schemes=["http", "https"])
_is_public = lru_cache(maxsize=4096)(is_public_address)

# Built once: an enumeration works them out anew on every look.
_RESPONSIBILITIES: dict[object, str] = {code: code for code in Responsibility.values}
_STATES: dict[object, str] = {code: code for code in State.values}

Errors = dict[str, ValidationError]


class Tracked(NamedTuple):
    """A row's whole state as plain values, in the order of the columns."""

    responsibility: str = Responsibility.UNCLEAR.value
    department_id: int | None = None
    owner_id: int | None = None
    state: str = State.OPEN.value
    level_id: int | None = None
    planned_on: date | None = None
    online_url: str = ""
    cases_per_year: int | None = None
    note: str = ""


class Level(NamedTuple):
    model_id: int
    number: int
    conform: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules need to know of a municipality: its scale, its departments and the people who can be made
    responsible, both among those named, and the day. `models`: what it rated with on earlier days.
    """

    municipality: str
    model_id: int
    levels: Mapping[int, Level]
    departments: frozenset[int]
    people: frozenset[int]
    today: date
    models: Models = ONE_MODEL

    def on(self, day: date) -> "Facts":
        """The facts with the maturity model of `day`."""
        model = self.models.on(day, self.model_id)
        return self if model == self.model_id else replace(self, model_id=model)


def after(
    before: Tracked, changes: Mapping[str, object], facts: Facts, held: Collection[int | None] = ()
) -> tuple[Tracked, Errors]:
    """`before` with `changes` (names of the fields of TrackedState) laid over it, and what is wrong, by field.

    `held`: ids of people who are responsible already; they stay, though they could not be chosen any more.
    """
    clean: dict[str, object] = {}
    errors: Errors = {}
    for field, value in changes.items():
        try:
            if field not in _CLEAN:
                raise ValidationError(_("Ein Feld „%s“ hat eine Leistung nicht.") % field, code="unknown_field")
            name, cleaner = _CLEAN[field]
            if field == "level" and _id(value) == before.level_id:
                continue  # of whichever model: what stands may be said again
            clean[name] = cleaner(value, facts)
        except ValidationError as error:
            errors[field] = error
    result = before._replace(**clean)  # type: ignore[arg-type]
    if result.owner_id not in {None, *held, *facts.people}:
        errors["owner"] = _cannot_be_responsible(facts)
    if not errors and result.state == State.DONE and result != before:
        errors |= _done_needs_level(result, facts)
    return result, errors


def reason_needed(before: Tracked, after: Tracked, facts: Facts) -> bool:
    """Whether the change needs a reason: a lower level (not rated counts below 0), `done` taken back, `blocked` newly
    set, or a service of ours given away. Levels of two models have no common order.
    """
    return (
        (_same_scale(before, after, facts) and _number(after, facts) < _number(before, facts))
        or (before.state == State.DONE and after.state != State.DONE)
        or (before.state != State.BLOCKED and after.state == State.BLOCKED)
        or (before.responsibility == Responsibility.MUNICIPALITY and after.responsibility != before.responsibility)
    )


def check_reason(before: Tracked, after: Tracked, reason: str, facts: Facts) -> Errors:
    if len(reason) > LONGEST_TEXT:
        return {"reason": too_long(LONGEST_TEXT)}
    if not reason and reason_needed(before, after, facts):
        sentence = _(
            "Begründung fehlt: Ein niedrigerer Reifegrad, ein zurückgenommenes „fertig“, „blockiert“ und eine "
            "abgegebene Zuständigkeit brauchen eine."
        )
        return {"reason": ValidationError(sentence, code="reason_required")}
    return {}


def check_day(day: date, today: date) -> Errors:
    if not isinstance(day, date) or isinstance(day, datetime):
        return {"effective_on": ValidationError(_("„Gilt ab“ ist kein Tag."), code="invalid")}
    if day > today:
        sentence = _("„Gilt ab“ liegt in der Zukunft (%(day)s). Bitte einen Tag bis heute angeben.")
        return {"effective_on": ValidationError(sentence % {"day": f"{day:%d.%m.%Y}"}, code="in_future")}
    if day < EARLIEST:
        sentence = _("„Gilt ab“ liegt vor dem Jahr 2000 (%(day)s). Bitte die Jahreszahl prüfen.")
        return {"effective_on": ValidationError(sentence % {"day": f"{day:%d.%m.%Y}"}, code="too_early")}
    return {}


def clean_text(value: object) -> str:
    """Text without control characters and outer spaces; the line ends of every system become one."""
    text = "" if value is None else str(value)
    return text.translate(_CONTROL).strip()


def _done_needs_level(result: Tracked, facts: Facts) -> Errors:
    conform = _conform(result, facts)
    if _number(result, facts) >= conform:
        return {}
    sentence = _("„fertig“ braucht einen Reifegrad ab %(conform)s. Bitte Reifegrad oder Stand ändern.")
    return {"state": ValidationError(sentence % {"conform": conform}, code="done_needs_level")}


def _cannot_be_responsible(facts: Facts) -> ValidationError:
    sentence = _(
        "Diese Person kann nicht zuständig sein. Das können Koordination, Leitung und Sachbearbeitung von "
        "%(municipality)s, die nicht ausgeschieden sind."
    )
    return ValidationError(sentence % {"municipality": facts.municipality}, code="unknown_person")


def _number(state: Tracked, facts: Facts) -> int:
    return _BELOW_ALL if state.level_id is None else facts.levels[state.level_id].number


def _same_scale(before: Tracked, after: Tracked, facts: Facts) -> bool:
    rated = [facts.levels[each.level_id].model_id for each in (before, after) if each.level_id is not None]
    return len(set(rated)) <= 1


def _conform(state: Tracked, facts: Facts) -> int:
    if state.level_id is not None:
        return facts.levels[state.level_id].conform
    return next((level.conform for level in facts.levels.values() if level.model_id == facts.model_id), 0)


def _responsibility(value: object, facts: Facts) -> str:
    return _choice(value, Responsibility, _RESPONSIBILITIES)


def _state(value: object, facts: Facts) -> str:
    return _choice(value, State, _STATES)


def _choice(value: object, choices: type[models.TextChoices], known: Mapping[object, str]) -> str:
    if isinstance(value, str) and value in known:
        return known[value]
    words = ", ".join(str(label) for label in choices.labels)
    raise ValidationError(
        _("„%(value)s“ gibt es hier nicht. Möglich sind: %(words)s.") % {"value": value, "words": words},
        code="invalid_choice",
    )


def _department(value: object, facts: Facts) -> int | None:
    found = _id(value)
    if found is not None and found not in facts.departments:
        raise ValidationError(_("Diesen Fachbereich hat %s nicht.") % facts.municipality, code="unknown_department")
    return found


def _owner(value: object, facts: Facts) -> int | None:
    return _id(value)


def _level(value: object, facts: Facts) -> int | None:
    found = _id(value)
    if found is not None and (found not in facts.levels or facts.levels[found].model_id != facts.model_id):
        sentence = _("Diesen Reifegrad hat das Reifegradmodell von %s nicht.") % facts.municipality
        if found in facts.levels and facts.models.days:
            sentence += " " + _("Bitte wählen Sie einen des Modells, das an diesem Tag galt.")
        raise ValidationError(sentence, code="unknown_level")
    return found


def _planned_on(value: object, facts: Facts) -> date | None:
    if value in (None, ""):
        return None
    if not isinstance(value, date) or isinstance(value, datetime) or not 2000 <= value.year <= 2100:
        raise ValidationError(_("„Geplant bis“ ist kein Tag zwischen 2000 und 2100."), code="invalid")
    return value


def _online_url(value: object, facts: Facts) -> str:
    text = clean_text(value)
    if text and (len(text) > LONGEST_ADDRESS or not _is_url(text)):
        raise ValidationError(
            _("„%(url)s“ ist keine Internetadresse. Sie beginnt mit https:// und hat höchstens 500 Zeichen.")
            % {"url": text[:80]},
            code="invalid_url",
        )
    if text and not _is_public(text):
        raise ValidationError(
            _("„%(url)s“ erreicht von außen niemand, oder es stehen Zugangsdaten darin. Bitte die öffentliche Adresse.")
            % {"url": text[:80]},
            code="invalid_url",
        )
    return text


@lru_cache(maxsize=4096)
def _is_url(text: str) -> bool:
    try:
        _check_url(text)
    except ValidationError:
        return False
    return True


def _cases(value: object, facts: Facts) -> int | None:
    if value in (None, ""):
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_CASES:
        raise ValidationError(_("„Fälle pro Jahr“ ist eine ganze Zahl ab 0."), code="invalid_number")
    return value


def _note(value: object, facts: Facts) -> str:
    text = clean_text(value)
    if len(text) > LONGEST_TEXT:
        raise too_long(LONGEST_TEXT)
    return text


def _id(value: object) -> int | None:
    found = getattr(value, "pk", value)
    return found if isinstance(found, int) and not isinstance(found, bool) else None if found in (None, "") else _NOBODY


_CLEAN: dict[str, tuple[str, Callable[[object, Facts], object]]] = {
    "responsibility": ("responsibility", _responsibility),
    "department": ("department_id", _department),
    "owner": ("owner_id", _owner),
    "state": ("state", _state),
    "level": ("level_id", _level),
    "planned_on": ("planned_on", _planned_on),
    "online_url": ("online_url", _online_url),
    "cases_per_year": ("cases_per_year", _cases),
    "note": ("note", _note),
}
FIELDS: dict[str, str] = {field: name for field, (name, _cleaner) in _CLEAN.items()}
