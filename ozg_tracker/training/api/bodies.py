"""What the doors of courses and dates read alike."""

from typing import Any, cast

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from ozg_tracker.accounts.models import User
from ozg_tracker.api.serializers import RequestBody


def valid(body: type[RequestBody], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """What was sent, read by `body`."""
    read = body(data=request.data, partial=partial)
    read.is_valid(raise_exception=True)
    return cast("dict[str, Any]", read.validated_data)


def person(request: Request) -> User:
    """Who asks."""
    return cast("User", request.user)


def wrong(name: str, sentence: str) -> ValidationError:
    """400 for a field that names nothing."""
    return ValidationError({name: [ErrorDetail(sentence, "does_not_exist")]})
