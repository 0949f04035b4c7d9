"""Numbers that name something, as they come in from outside: the one place that says what an id is."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import Http404

Found = TypeVar("Found", bound=Model)
if TYPE_CHECKING:  # Django's form classes take a type only from the checker
    _ManyField = forms.ModelMultipleChoiceField[Any]
else:
    _ManyField = forms.ModelMultipleChoiceField
BIGGEST = 2**63 - 1  # what the database keeps of an id; its driver overflows at more


def id_in(given: object) -> int | None:
    """The id, version or number that `given` is: 0 to 2⁶³−1, as digits 0–9 or as a number; None for all else.

    Never an error, however long or odd `given` is: "²" and "١" are digits for Python, and no ids.
    """
    if isinstance(given, int) and not isinstance(given, bool):
        return given if 0 <= given <= BIGGEST else None
    if not isinstance(given, str) or not (given.isascii() and given.isdecimal() and len(given) < 20):
        return None
    return id_in(int(given))


def seen_version(sent: Mapping[str, str]) -> int:
    """Which version of a thing the page showed when its form was filled, by the form's hidden field; 0, which no
    version is, where it says none.
    """
    return id_in(sent.get("version")) or 0


def ids_in(given: Iterable[object]) -> list[int]:
    """The ids among `given`, in order; what is none is left out."""
    return [found for each in given if (found := id_in(each)) is not None]


def named_in(things: QuerySet[Found], given: object) -> Found | None:
    """The one of `things` that `given` names by its id; None where it names none of them."""
    found = id_in(given)
    return None if found is None else things.filter(pk=found).first()


def id_or_404(given: object) -> int:
    """The id that `given` is; what is none names nothing that exists: Http404."""
    found = id_in(given)
    if found is None:
        raise Http404
    return found


class ManyChosen(_ManyField):
    """Several things chosen in a form. Django's own asks the database for ids that its driver overflows at."""

    def clean(self, value: Any) -> Any:
        for each in value if isinstance(value, (list, tuple)) else ():
            if id_in(each) is None:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": each}
                )
        return super().clean(value)
