"""What the doors of courses and dates read alike."""

from typing import cast

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from ozg_tracker.accounts.models import User


def person(request: Request) -> User:
    """Who asks."""
    return cast("User", request.user)


def wrong(name: str, sentence: str) -> ValidationError:
    """400 for a field that names nothing."""
    return ValidationError({name: [ErrorDetail(sentence, "does_not_exist")]})
