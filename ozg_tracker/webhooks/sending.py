"""One attempt: a message goes to the address that was checked, and the receiver has so many seconds to answer."""

import ssl
import time
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from socket import SHUT_RDWR, create_connection, socket
from threading import Timer
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from ozg_tracker.webhooks.reaching import Target, Unreachable, target_of

ANSWERS_WITHIN = 10  # seconds for all of it, connecting included, however slowly bytes drip

PROBLEMS = {
    "address": _("Das ist keine Internetadresse."),
    "name": _("Das Netz kennt den Namen nicht."),
    "forbidden": _("Die Adresse führt nicht ins öffentliche Netz."),
    "unreachable": _("Es kam keine Verbindung zustande."),
    "certificate": _("Das Zertifikat gilt nicht."),
    "silent": _("Es kam in zehn Sekunden keine vollständige Antwort."),
    "redirect": _("Das Ziel leitet weiter; dem folgt der Tracker nicht."),
    "refused": _("Das Ziel hat abgelehnt."),
}


class Answer(NamedTuple):
    """`problem` "": accepted. `wait`: seconds after which the receiver wants to be asked again."""

    status: int | None
    problem: str
    wait: int = 0


def post(url: str, headers: dict[str, str], body: bytes) -> Answer:
    """Send it once; never an error. What the receiver says beyond status and headers is not read."""
    try:
        return _post(target_of(url), headers, body)
    except Unreachable as error:
        return Answer(None, error.problem)


def _post(target: Target, headers: dict[str, str], body: bytes) -> Answer:
    ends = time.monotonic() + ANSWERS_WITHIN
    sock = _connected(target, ends)
    if sock is None:
        return Answer(None, "unreachable")
    # A timeout of the socket begins anew with each byte, this one does not; TLS takes the socket itself over.
    watched = sock.dup()
    watch = Timer(max(ends - time.monotonic(), 0), _hang_up, [watched])
    watch.daemon = True
    watch.start()
    try:
        answer = _spoken(sock, target, headers, body)
        # cut off in the middle, a head looks like one that has ended
        return answer if time.monotonic() < ends else Answer(None, "silent")
    except ssl.SSLCertVerificationError:
        return Answer(None, "certificate")
    except (OSError, HTTPException, ValueError):
        return Answer(None, "silent" if time.monotonic() >= ends else "unreachable")
    finally:
        watch.cancel()
        watched.close()


def _connected(target: Target, ends: float) -> socket | None:
    for address in target.addresses:
        left = ends - time.monotonic()
        if left <= 0:
            break
        with suppress(OSError):
            return create_connection((address, target.port), timeout=left)
    return None


def _hang_up(sock: socket) -> None:
    """Whoever reads or writes there is told at once; closing alone would leave it waiting."""
    with suppress(OSError):
        sock.shutdown(SHUT_RDWR)


def _spoken(sock: socket, target: Target, headers: dict[str, str], body: bytes) -> Answer:
    line = HTTPConnection(target.host.strip("[]"), target.port)
    line.auto_open = 0  # the connection there is, and no other
    with closing(line):
        line.sock = sock
        if target.tls:
            line.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=target.host.strip("[]"))
        line.request("POST", target.path, body, {"Host": target.netloc, **headers})
        answer = line.getresponse()
        wait = answer.getheader("Retry-After", "")
    problem = "" if 200 <= answer.status < 300 else "redirect" if 300 <= answer.status < 400 else "refused"
    return Answer(answer.status, problem, int(wait) if wait.isascii() and wait.isdecimal() and len(wait) < 7 else 0)
