"""Fetches the Steckbriefe of the FIM-Portal, page by page, into a folder that the importer then reads.

No host is asked unless somebody calls this. A page comes whole or the fetching ends with a sentence: the portal is
asked again where it wants patience (429, 503) or the connection broke, a few times and never earlier than it says.
"""

import http.client
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.formats import fim
from catalog.importing.problems import Refused
from catalog.told import Told, silent

PAGE = 200  # the most the interface gives out at once
TRIES = 5
LONGEST_WAIT = 120.0  # seconds; whoever is asked to wait longer comes back later
SILENCE = 30.0  # seconds without a byte
PATIENT = {429, 503}


class _Again(Exception):
    """The page should be asked for again in `seconds`, if the portal said when."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class _SameHost(HTTPRedirectHandler):
    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        there, here = urlsplit(newurl), urlsplit(req.full_url)
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            return None  # then the redirect is an error like any other
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch_pages(
    folder: Path,
    *,
    updated_since: date | None = None,
    told: Told = silent,
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """Save every page into `folder`, only what changed since the start of that day if given; how many Steckbriefe.

    `told` hears how many of how many are there. Refused: `fetch_failed`, `too_large`, and what a page is refused for.
    """
    opener = build_opener(_SameHost)
    fetched, first_total, size = 0, None, 0
    while first_total is None or fetched < first_total:
        content = _page(opener, _address(fetched, updated_since), wait)
        items, total = fim.steckbriefe(BytesIO(content))
        first_total = _the_same(first_total, total)
        size += len(content)
        if first_total > limits.ROWS or size > limits.XML_FILE:
            raise _failed(_("Das FIM-Portal nennt mehr Steckbriefe, als ein Katalog haben kann."), "too_large")
        if not items and fetched < first_total:
            raise _failed(_("Das FIM-Portal gab nicht alle Seiten heraus, die es nennt."))
        (folder / f"seite-{fetched // PAGE + 1:04d}.json").write_bytes(content)
        fetched += len(items)
        told(fetched, first_total)
    return fetched


def _address(offset: int, updated_since: date | None) -> str:
    query: dict[str, str | int] = {"limit": PAGE, "offset": offset, "order_by": "leistungsschluessel_asc"}
    if updated_since is not None:
        start = datetime.combine(updated_since, datetime.min.time(), timezone.get_default_timezone())
        query["updated_since"] = start.astimezone(UTC).isoformat()
    return f"{settings.FIM_API_URL.rstrip('/')}/leistung-steckbriefe?{urlencode(query)}"


def _the_same(before: int | None, total: int | None) -> int:
    """The number of Steckbriefe, which must not change from page to page, or one could be missed."""
    if total is None:
        raise _failed(_("Die Antwort des FIM-Portals nennt keine Gesamtzahl („total_count“)."))
    if before is not None and total != before:
        raise _failed(_("Der Bestand des FIM-Portals hat sich während des Holens geändert."))
    return total


def _page(opener: OpenerDirector, address: str, wait: Callable[[float], None]) -> bytes:
    for attempt in range(TRIES):
        try:
            return _ask(opener, address)
        except _Again as again:
            reason, seconds = str(again), again.seconds
        seconds = 2.0**attempt if seconds is None else seconds
        if attempt == TRIES - 1 or seconds > LONGEST_WAIT:
            break
        wait(seconds)
    raise _failed(reason)


def _ask(opener: OpenerDirector, address: str) -> bytes:
    headers = {"Accept": "application/json", "User-Agent": "OZG-Tracker"}
    request = Request(address, headers=headers)  # noqa: S310 (the setting takes http and https alone)
    try:
        with opener.open(request, timeout=SILENCE) as response:
            return _body(response)
    except HTTPError as error:
        with error:
            if error.code in PATIENT:
                raise _Again(_("Das FIM-Portal bittet um Geduld."), _asked_to_wait(error.headers)) from error
            raise _failed(_("Das FIM-Portal antwortet mit HTTP %(code)s.") % {"code": error.code}) from error
    except (OSError, http.client.HTTPException) as error:  # URLError and timeouts are OSErrors
        raise _Again(_("Das FIM-Portal ist nicht erreichbar, oder die Verbindung brach ab.")) from error


def _body(response: http.client.HTTPResponse) -> bytes:
    pieces, size, latest = [], 0, time.monotonic() + LONGEST_WAIT
    while piece := response.read(1 << 16):
        pieces.append(piece)
        size += len(piece)
        if size > limits.JSON_FILE:
            raise _failed(_("Eine Seite des FIM-Portals ist ungewöhnlich groß."), "too_large")
        if time.monotonic() > latest:
            raise TimeoutError
    if response.length:  # the rest that was announced never came
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(pieces)


def _asked_to_wait(headers: Any) -> float | None:
    """Seconds that Retry-After names, as a number or as an instant."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - timezone.now()).total_seconds())
    except (ValueError, TypeError):
        return None


def _failed(reason: str, code: str = "fetch_failed") -> Refused:
    return Refused(
        code,
        _("%(reason)s Gefragt wurde %(host)s; geladen wurde nichts. Bitte später noch einmal versuchen.")
        % {"reason": reason, "host": urlsplit(settings.FIM_API_URL).netloc},
    )
