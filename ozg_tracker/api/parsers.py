"""How our API reads JSON: text and numbers that there are, and no deeper than any body of ours is."""

import json
import re
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import IO, Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import JSONParser as DRFJSONParser

DEEPEST = 16
_NO_CHARACTER = re.compile("[\\x00\ud800-\udfff]")


class Unreadable(ParseError):
    """JSON that nothing here can take; its detail says why."""


class JSONParser(DRFJSONParser):
    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return read_json(stream.read())


def read_json(text: str | bytes) -> Any:
    """The value that `text` is. ParseError for what is no JSON; Unreadable for NaN, Infinity and more than 16 levels;
    ValidationError with the field for what is no character (U+0000, halves of surrogate pairs).
    """
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:  # no JSON, no UTF-8, or thousands of digits
        raise ParseError from error
    _check(value)
    return value


def _check(value: Any) -> None:
    """Level by level, so that no depth is too deep for us."""
    level: list[tuple[str, Any]] = [("", value)]
    for _depth in range(DEEPEST):
        for at, each in level:
            for text in each if isinstance(each, dict) else [each]:
                if isinstance(text, str) and _NO_CHARACTER.search(text):
                    raise ValidationError({at or "__all__": [null_character() if "\x00" in text else _half()]})
        level = [(f"{at}.{name}".lstrip("."), each) for at, parent in level for name, each in _inside(parent)]
    if level:
        raise _too_deep()


def _inside(value: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def null_character() -> ErrorDetail:
    return ErrorDetail(_("Das Zeichen U+0000 steht in keinem Text."), "null_characters_not_allowed")


def _half() -> ErrorDetail:
    return ErrorDetail(
        _("Der Text enthält ein halbes Zeichen (U+D800 bis U+DFFF)."), "surrogate_characters_not_allowed"
    )


def _finite(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _refuse_constant(text[:40])


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable(_("„%s“ ist kein Wert in JSON. Geändert wurde nichts.") % name)


def _too_deep() -> Unreadable:
    return Unreadable(_("Die Anfrage ist zu tief geschachtelt. Geändert wurde nichts."))
