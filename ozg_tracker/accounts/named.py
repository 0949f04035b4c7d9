"""What a body or a query names, as the API takes it."""

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from ozg_tracker.accounts.filters import visible_municipalities
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.api.ids import named_in


def no_such(field: str, sentence: str) -> ValidationError:
    """400 `does_not_exist` for a field that names nothing."""
    return ValidationError({field: [ErrorDetail(sentence, "does_not_exist")]})


def named_municipality(request: Request, given: object) -> Municipality:
    """The municipality with the id `given`, of those in which the person has a role; ValidationError for any other."""
    found = named_in(visible_municipalities(request), given)
    if found is None:
        raise no_such("municipality", _("Diese Kommune gibt es nicht."))
    return found
