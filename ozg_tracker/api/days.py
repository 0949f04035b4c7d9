"""Days and instants as they come in from outside: what forms, filters and bodies take for one.

From 1900 to 2199, as for months: beyond, a time zone's offset or a month added leads out of what dates can hold.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import DateFilter, IsoDateTimeFilter
from django_filters.fields import IsoDateTimeField
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.exceptions import ValidationError as ApiValidationError

AS_OF = ("as_of", "known_at")
ASKED_AS_OF = [
    OpenApiParameter("as_of", date, description=gettext_lazy("Stand am Ende dieses Tages")),
    OpenApiParameter("known_at", datetime, description=gettext_lazy("wie zu diesem Zeitpunkt bekannt")),
]
_YEARS = range(1900, 2200)
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00)?)?")
_GERMAN = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4}|[0-9]{2})")
_CENTURY = "20"  # of a year written with two digits
_SERIAL = re.compile(r"[0-9]{5}")  # how a spreadsheet keeps a day: days since 30.12.1899
_DAY_ZERO = date(1899, 12, 30)
_SERIALS = range((date(2000, 1, 1) - _DAY_ZERO).days, (date(2101, 1, 1) - _DAY_ZERO).days)


def day_in(text: str) -> date:
    """A day as 2022-11-30, 30.11.2022 or 30.11.22 (this century), or as a spreadsheet's number of it (2000–2100).

    ValueError, with the sentence for whoever wrote it: it is none.
    """
    if _SERIAL.fullmatch(text) and int(text) in _SERIALS:
        return _DAY_ZERO + timedelta(days=int(text))
    iso, german = _ISO.fullmatch(text), _GERMAN.fullmatch(text)
    parts = iso.groups() if iso else german.groups()[::-1] if german else ("",)
    try:
        return date(int(parts[0] if len(parts[0]) == 4 else _CENTURY + parts[0]), *map(int, parts[1:]))
    except (TypeError, ValueError):
        raise ValueError(
            _("„%(text)s“ ist kein Tag. Bitte als 2022-11-30 oder 30.11.2022 schreiben.") % {"text": text[:40]}
        ) from None


def _sentence() -> str:
    return _("Bitte einen Tag zwischen 1900 und 2199 angeben.")


def in_reach(day: date | None) -> None:
    """ValidationError `out_of_reach` for a day, or an instant, that nobody can mean."""
    if day is not None and day.year not in _YEARS:
        raise ValidationError(_sentence(), code="out_of_reach")


class DayInput(forms.DateInput):
    """The browser's own picker, which wants ISO days whatever the language."""

    input_type = "date"

    def __init__(self, **attrs: object) -> None:
        super().__init__(attrs={"class": "ozg-in"} | attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day, read as in a file: the same ways to write it, the same sentence where it is none."""

    widget = DayInput
    default_validators = [in_reach]

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, date) or not (text := (value or "").strip()):
            return super().to_python(value or None)
        try:
            return day_in(text)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error


class MomentField(forms.DateTimeField):
    default_validators = [in_reach]


class InstantField(IsoDateTimeField):
    default_validators = [in_reach]

    def clean(self, value: Any) -> datetime | None:
        """The instant in UTC: PostgreSQL takes no offset of 16 hours or more."""
        found: datetime | None = super().clean(value)
        return found and found.astimezone(UTC)


class _AskedDay(forms.DateField):
    default_validators = [in_reach]


class DayFilter(DateFilter):
    field_class = _AskedDay


class InstantFilter(IsoDateTimeFilter):
    field_class = InstantField


class DayInBody(serializers.DateField):
    """The same in the body of a request."""

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if day.year not in _YEARS:
            raise ApiValidationError([ErrorDetail(_sentence(), "out_of_reach")])
        return day


class MomentInBody(serializers.DateTimeField):
    """An instant with its offset in the body of a request."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            moment = super().to_internal_value(value)
        except OverflowError:
            raise ApiValidationError([ErrorDetail(_sentence(), "out_of_reach")]) from None
        if moment.year not in _YEARS:
            raise ApiValidationError([ErrorDetail(_sentence(), "out_of_reach")])
        return moment.astimezone(UTC)


def as_of(given: Mapping[str, Any]) -> tuple[date, datetime | None] | None:
    """The day (default: today) and the instant (aware; None: now) that a query asks for by `AS_OF`; None: by neither.
    A ValidationError of the API where they are none.
    """
    if not any(name in given for name in AS_OF):
        return None
    day = _asked(given, "as_of", parse_date) or timezone.localdate()
    known_at = _asked(given, "known_at", parse_datetime)
    if known_at is not None:
        known_at = (timezone.make_aware(known_at) if timezone.is_naive(known_at) else known_at).astimezone(UTC)
    return day, known_at


def _asked(given: Mapping[str, Any], name: str, parse: Any) -> Any:
    text = given.get(name)
    if not text:
        return None
    try:
        found = parse(text)
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        raise ApiValidationError({name: [ErrorDetail(_sentence(), "invalid")]})
    return found
