"""What the program writes for its operator on standard error, from pages, API, jobs and commands alike.

A line has time, level, request id, municipality id and logger, and nothing about a person: no names, mail addresses,
searches or bodies. So an address is written by the route that answered it, and an exception without what it quotes.
"""

import json
import logging
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

from celery.signals import setup_logging, task_postrun, task_prerun
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.signals import request_finished
from django.db import OperationalError, ProgrammingError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

request_id: ContextVar[str] = ContextVar("request_id", default="")
municipality_id: ContextVar[int | None] = ContextVar("municipality_id", default=None)

HEADER = "X-Request-ID"
_security = logging.getLogger("ozg_tracker.security")

# exceptions that quote names of our code and tables, where others quote what somebody typed
_OF_CODE = (
    *(AttributeError, NameError, ImportError, FieldError, ImproperlyConfigured),
    *(OperationalError, ProgrammingError),
)
_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|„[^“]*“|\(.*\)""")
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_CONTROL = dict.fromkeys((*range(32), 127, 133, 8232, 8233), " ")
_LONGEST = 2000  # characters of a message


class RequestIds:
    """Gives each request an id of its own, for the log, the page of a failure, and the header X-Request-ID."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begin(token_hex(6))
        response = self.get_response(request)
        response[HEADER] = request_id.get()
        return response


def begin(new_id: str) -> None:
    """From here on lines carry `new_id`, and no municipality until one is known."""
    request_id.set(new_id)
    municipality_id.set(None)


@contextmanager
def in_one_piece() -> Iterator[None]:
    """What happens inside has one id: that of the request it is part of, else a new one."""
    outside = request_id.get()
    if not outside:
        begin(token_hex(6))
    try:
        yield
    finally:
        if not outside:
            begin("")


@receiver(request_finished)
def _request_is_over(**kwargs: Any) -> None:
    begin("")


@receiver(user_login_failed)
def _sign_in_failed(**kwargs: Any) -> None:
    _security.warning("Sign-in failed")


@setup_logging.connect
def _as_django_does(**kwargs: Any) -> None:
    """Celery leaves logging as it is where somebody listens here; Django has set it up by then."""


@task_prerun.connect
def _task_begins(task_id: str, **kwargs: Any) -> None:
    if not request_id.get():  # without a broker the task runs inside the request that asked for it
        begin(task_id)


@task_postrun.connect
def _task_is_over(task_id: str, **kwargs: Any) -> None:
    if request_id.get() == task_id:
        begin("")


class TextFormatter(logging.Formatter):
    """One line to read, and below it the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        told = _facts(record)
        where = f"request={told['request_id'] or '-'} municipality={told['municipality'] or '-'}"
        line = f"{told['time']} {told['level']} {where} {told['logger']}: {told['message']}"
        return "\n".join([line, *told.get("traceback", "").splitlines()])


class JsonFormatter(logging.Formatter):
    """The same as one JSON object a line, for programs that gather logs."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_facts(record), ensure_ascii=False)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    facts = {
        "time": datetime.fromtimestamp(record.created, ZoneInfo(settings.TIME_ZONE)).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "request_id": request_id.get(),
        "municipality": municipality_id.get(),
        "logger": record.name,
        "message": _message(record),
    }
    error = _error(record)
    if error is not None:
        facts["traceback"] = "".join(_traceback(error))
    return facts


def _error(record: logging.LogRecord) -> BaseException | None:
    """What was raised, but for what a stranger sent: a bad host is no fault of the program."""
    return record.exc_info[1] if record.exc_info and not record.name.startswith("django.security") else None


def _message(record: logging.LogRecord) -> str:
    message, request, error = record.getMessage(), getattr(record, "request", None), _error(record)
    if error is not None and str(error):
        message = message.replace(repr(error), _said(error)).replace(str(error), _said(error))
    if isinstance(request, HttpRequest):
        message = message.replace(request.path, f"{request.method} {address(request)}")
    return _MAIL.sub("…", message).translate(_CONTROL)[:_LONGEST]


def address(request: HttpRequest) -> str:
    """The path by which `request` came, with numbers as they are and the name of the key for whatever else is in it."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return "(no such address)"
    path = request.path
    for name, value in match.kwargs.items():
        if not str(value).isdecimal():
            path = path.replace(str(value), f"<{name}>")
    return path


def _traceback(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _traceback(before)
        yield "\nThis led to:\n\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}: {_said(error)}\n"


def _said(error: BaseException) -> str:
    """The first line of what `error` says. Databases tell rows below it, and quote values where others quote names."""
    first = str(error).strip().split("\n")[0]
    shown = first if isinstance(error, _OF_CODE) else _QUOTED.sub("…", first)
    return _MAIL.sub("…", shown).translate(_CONTROL)[:_LONGEST]
