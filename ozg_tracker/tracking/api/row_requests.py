"""What the API reads to change tracked rows: one by PATCH, or many at once."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from catalog.models import LONGEST_TEXT, MaturityLevel
from ozg_tracker.accounts.maturity import models_of
from ozg_tracker.accounts.models import Department, Membership, Municipality, User
from ozg_tracker.api.days import MomentInBody
from ozg_tracker.api.ids import ids_in
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.tracking.models import MunicipalService, Responsibility, State
from ozg_tracker.tracking.rows.rules import LONGEST_ADDRESS, MAX_CASES
from ozg_tracker.tracking.rows.status import Change

MANY = 1000
Known = Mapping[str, Mapping[Any, Any]]


def known_in(municipality: Municipality | None, sent: object = None) -> Known:
    """What the fields may name, read once for any number of rows: departments, people and levels of `municipality`;
    levels of the model that held on the day that `sent` names.

    Who of its people can be made responsible says the deed; who is responsible already can be named again.
    """
    if municipality is None:
        return {"department": {}, "owner": {}, "level": {}}
    members = Membership.objects.filter(municipality=municipality).values("user")
    responsible = MunicipalService.objects.filter(municipality=municipality, owner__isnull=False).values("owner")
    people = User.objects.filter(Q(pk__in=members) | Q(pk__in=responsible))
    levels = MaturityLevel.objects.filter(model=_model_on(municipality, sent))
    return {
        "department": Department.objects.filter(municipality=municipality).in_bulk(),
        "owner": {person.username: person for person in people},
        "level": {level.number: level for level in levels},
    }


def _model_on(municipality: Municipality, sent: object) -> int:
    try:
        day = date.fromisoformat(str(sent.get("effective_on"))) if isinstance(sent, Mapping) else None
    except ValueError:
        day = None  # told as what it is where the body is read
    return models_of(municipality).on(day, municipality.maturity_model_id) if day else municipality.maturity_model_id


class KnownField(serializers.Field[Any, Any, Any, Any]):
    """One of the things of its name that the context knows."""

    default_error_messages = {"does_not_exist": gettext_lazy("„{value}“ gibt es hier nicht.")}

    def to_internal_value(self, data: Any) -> Any:
        known = self.context["known"][self.field_name]
        if not isinstance(data, int | str) or isinstance(data, bool) or data not in known:
            self.fail("does_not_exist", value=data)
        return known[data]


@extend_schema_field({"type": "integer"})
class KnownNumberField(KnownField):
    pass


@extend_schema_field({"type": "string"})
class KnownNameField(KnownField):
    pass


class Circumstances(RequestBody):
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST_TEXT, help_text=gettext_lazy("Begründung")
    )
    effective_on = serializers.DateField(
        required=False, help_text=gettext_lazy("Gilt ab; ohne Angabe heute, nie in der Zukunft")
    )

    @property
    def reason_given(self) -> str:
        return str(self.validated_data.get("reason", ""))

    @property
    def day(self) -> date:
        given: date | None = self.validated_data.get("effective_on")
        return given or timezone.localdate()


class StateRequest(RequestBody):
    """The fields of a row's state. What is not sent stays."""

    responsibility = serializers.ChoiceField(Responsibility.choices, required=False)
    department = KnownNumberField(required=False, allow_null=True, help_text=gettext_lazy("Fachbereich der Kommune"))
    owner = KnownNameField(required=False, allow_null=True, help_text=gettext_lazy("Benutzername"))
    state = serializers.ChoiceField(State.choices, required=False)
    level = KnownNumberField(required=False, allow_null=True, help_text=gettext_lazy("Reifegrad; null: nicht bewertet"))
    planned_on = serializers.DateField(required=False, allow_null=True)
    online_url = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_ADDRESS)
    cases_per_year = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MAX_CASES)
    note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_TEXT)


STATE_FIELDS = tuple(StateRequest().fields)


def _changes(sent: Mapping[str, Any]) -> dict[str, Any]:
    return {name: sent[name] for name in STATE_FIELDS if name in sent}


class ChangeRequest(Circumstances, StateRequest):
    def changes(self) -> dict[str, Any]:
        return _changes(self.validated_data)


class RowChangeRequest(StateRequest):
    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text=gettext_lazy("Version, die Sie gelesen haben"))


class BulkRequest(Circumstances):
    changes: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=RowChangeRequest(), allow_empty=False, max_length=MANY
    )

    def validate_changes(self, sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """ValidationError for rows that the person does not see, that stand twice, or lie in another municipality."""
        rows: Mapping[int, MunicipalService] = self.context["rows"]
        first = next(iter(rows.values()), None)
        seen: set[int] = set()
        problems = {}
        for place, each in enumerate(sent):
            row = rows.get(each["id"])
            if row is None:
                problems[place] = ErrorDetail(_("Diese Leistung gibt es hier nicht."), "does_not_exist")
            elif each["id"] in seen:
                problems[place] = ErrorDetail(_("Diese Leistung steht zweimal da."), "duplicate")
            elif first is not None and row.municipality_id != first.municipality_id:
                problems[place] = ErrorDetail(_("Alle Leistungen müssen einer Kommune gehören."), "other_municipality")
            seen.add(each["id"])
        if problems:
            raise ValidationError({str(place): {"id": [problem]} for place, problem in problems.items()})
        return sent

    def for_rows(self) -> list[Change]:
        reason, day = self.reason_given, self.day
        return [
            Change(
                row_id=each["id"],
                changes=_changes(each),
                effective_on=day,
                reason=reason,
                seen_version=each["version"],
            )
            for each in self.validated_data["changes"]
        ]


class EventRequest(RequestBody):
    service = serializers.IntegerField(help_text=gettext_lazy("„id“ der Leistung der Kommune"))
    version = serializers.IntegerField(help_text=gettext_lazy("die Version, die dabei entstand"))


class TakeDeedBackRequest(RequestBody):
    """A deed, by the instant at which all of it was recorded, or by its events."""

    municipality = serializers.IntegerField()
    recorded_at = MomentInBody(
        required=False, help_text=gettext_lazy("„recorded_at“ der Änderungen, die eine Tat sind")
    )
    changes = EventRequest(many=True, required=False, max_length=MANY)  # type: ignore[call-arg]  # of a list

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        if ("recorded_at" in sent) == ("changes" in sent):
            sentence = _("Bitte entweder „recorded_at“ oder „changes“ angeben.")
            raise ValidationError({"recorded_at": [ErrorDetail(sentence, "one_of")]})
        return sent


def ids_named(data: Any) -> list[int]:
    """The ids that a bulk body names, as far as they can be read; the rest the validation reports."""
    sent = data.get("changes") if isinstance(data, dict) else None
    named: Iterable[Any] = (each.get("id") for each in sent if isinstance(each, dict)) if isinstance(sent, list) else ()
    return ids_in(named)[:MANY]
