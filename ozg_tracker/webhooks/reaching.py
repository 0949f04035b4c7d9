"""Where a webhook may lead: looked at when it is set up and again at each attempt, by the addresses its name has then.

What is checked here is what is connected to: nobody asks for the name a second time.
"""

from dataclasses import dataclass
from queue import Empty, SimpleQueue
from socket import SOCK_STREAM, getaddrinfo
from threading import Thread
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from ozg_tracker.public_addresses import Ip, ip_of, is_odd_number, is_public_ip
from ozg_tracker.webhooks.models import LONGEST_ADDRESS

PORTS = {443, 8443}  # towards the public net, where TLS is spoken; others would make this program a scanner
NAME_WITHIN = 5  # seconds for the name; a resolver may try longer
_USUAL = {"http": 80, "https": 443}
_is_url = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True)
class Target:
    """`addresses` are all checked, in the order of the resolver; `path` goes with its query."""

    tls: bool
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def netloc(self) -> str:
        return self.host if self.port == _USUAL["https" if self.tls else "http"] else f"{self.host}:{self.port}"


class Unreachable(Exception):
    """`problem`: a code of `ozg_tracker.webhooks.sending.PROBLEMS`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def target_of(url: str) -> Target:
    """Where `url` leads now. `Unreachable` with "address" for what is none of ours, "name" where it is not known,
    "forbidden" where it leads anywhere but into the public net or a network of `WEBHOOK_NETWORKS`.
    """
    parts = _split(url)
    tls, host = parts.scheme == "https", _host(parts)
    port = _USUAL[parts.scheme] if parts.port is None else parts.port
    found = _addresses(host, port)
    within = all(any(ip in net for net in settings.WEBHOOK_NETWORKS) for ip in found)
    if not within and not (tls and port in PORTS and all(map(is_public_ip, found))):
        raise Unreachable("forbidden")
    path = iri_to_uri(parts.path or "/") + (f"?{iri_to_uri(parts.query)}" if parts.query else "")
    return Target(tls, host, port, path, tuple(map(str, found)))


def check(url: str) -> None:
    """ValidationError of `url` with a sentence, where a webhook may not lead there."""
    try:
        target_of(url)
    except Unreachable as error:
        raise ValidationError({"url": ValidationError(_sentence(error.problem), code=error.problem)}) from error


def _sentence(problem: str) -> str:
    if problem == "name":
        return _("Diesen Namen kennt das Netz nicht. Bitte prüfen Sie die Schreibweise.")
    if problem == "forbidden":
        return _(
            "Dorthin sendet der Tracker nicht. Es geht nur https mit Port 443 oder 8443 zu Rechnern im öffentlichen "
            "Netz. Netze im Haus gibt der Betrieb frei (WEBHOOK_NETWORKS)."
        )
    return _("Das ist keine Internetadresse, wie sie hier geht: https://…, ohne Zugangsdaten und ohne #.")


def _split(url: str) -> SplitResult:
    try:
        _is_url(url)
        parts = urlsplit(url)
        odd = len(url) > LONGEST_ADDRESS or "@" in parts.netloc or "#" in url or not url.isprintable()
        parts.port  # noqa: B018 (raises where it is none)
    except (ValidationError, ValueError) as error:
        raise Unreachable("address") from error
    if odd or is_odd_number(parts.hostname or ""):
        raise Unreachable("address")
    return parts


def _host(parts: SplitResult) -> str:
    """As it goes over the net; an address of IPv6 in its brackets."""
    host = parts.hostname or ""
    if ip_of(host) is not None:
        return f"[{host}]" if ":" in host else host
    try:
        return host.encode("idna").decode()
    except UnicodeError as error:
        raise Unreachable("address") from error


def _addresses(host: str, port: int) -> list[Ip]:
    """All that the name has now; `Unreachable` where there is none, or the resolver takes too long."""
    answers: SimpleQueue[list[str]] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put([str(each[4][0]) for each in getaddrinfo(host.strip("[]"), port, type=SOCK_STREAM)])
        except (OSError, UnicodeError):
            answers.put([])

    Thread(target=ask, daemon=True).start()
    try:
        found = [ip for each in answers.get(timeout=NAME_WITHIN) if (ip := ip_of(each)) is not None]
    except Empty:
        found = []
    if not found:
        raise Unreachable("name")
    return list(dict.fromkeys(found))
