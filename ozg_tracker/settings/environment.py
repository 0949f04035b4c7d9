"""How the settings read the environment: what a value must be, and a sentence where it is something else."""

import sys
from collections.abc import Iterable
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environs import EnvError, FileAwareEnv

_UNREADABLE = "file"
ROLES = ("operator", "coordinator", "manager", "staff", "council")  # as `accounts.models.Role`; a test compares
_BROKERS = ("redis", "rediss", "sentinel", "amqp", "amqps")


class Environment(FileAwareEnv):
    """Reads NAME, or the file that NAME_FILE names, without the newline at its end; a file that cannot be read is one
    more wrong value, told by `seal`.
    """

    def __init__(self) -> None:
        super().__init__(eager=False, strip_whitespace=True)

    def _get_value(self, env_key: str, default: Any) -> Any:
        try:
            return super()._get_value(env_key, default)
        except (ValueError, OSError):
            self._errors[env_key].append(_UNREADABLE)
            return default


env = Environment()


@env.parser_for("base_url")
def _base_url(value: str) -> str:
    """The address of the pages: http or https, a host, perhaps a port and a path."""
    found = parts(value, "base_url")
    if found.scheme not in ("http", "https") or found.query or found.fragment or "@" in found.netloc:
        raise EnvError("base_url")
    return value


@env.parser_for("broker_url")
def _broker_url(value: str) -> str:
    """Empty, or addresses of a broker whose client is installed, with `;` between them."""
    for each in value.split(";") if value else ():
        scheme = parts(each, "broker_url").scheme
        if scheme not in _BROKERS:
            raise EnvError("broker_url")
        if not scheme.startswith("amqp") and find_spec("redis") is None:
            raise EnvError("no_redis")
    return value


def parts(value: str, error: str) -> Any:
    """The parts of an address, as `urlsplit` gives them; EnvError of this name for what has no host."""
    try:
        found = urlsplit(value)
        host, _port = found.hostname or "", found.port
    except ValueError as wrong:
        raise EnvError(error) from wrong
    if any(each.isspace() for each in value) or not host.strip(".-") or set(host) & set("!$%&'()*+,;=<>{}|^`\"\\"):
        raise EnvError(error)
    return found


@env.parser_for("folder")
def _folder(value: str) -> str:
    """Empty, or a folder that there is."""
    try:
        there = not value or Path(value).is_dir()
    except (OSError, ValueError):
        there = False
    if not there:
        raise EnvError("folder")
    return value


@env.parser_for("hosts")
def _hosts(value: str | list[str]) -> list[str]:
    """Names of machines with commas between them, without scheme, port and path, which would match no request."""
    hosts = [each.strip() for each in value.split(",") if each.strip()] if isinstance(value, str) else value
    if any("/" in each or " " in each or (":" in each and not each.startswith("[")) for each in hosts):
        raise EnvError("hosts")
    return hosts


@env.parser_for("networks")
def _networks(value: str | Iterable[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Networks in the notation of CIDR, with commas between them."""
    try:
        return tuple(
            ip_network(each.strip()) for each in (value.split(",") if isinstance(value, str) else value) if each
        )
    except ValueError as wrong:
        raise EnvError("networks") from wrong


@env.parser_for("roles")
def _roles(value: str | Iterable[str]) -> tuple[str, ...]:
    """Names of roles, with commas between them; each once."""
    named = value.split(",") if isinstance(value, str) else value
    roles = tuple(dict.fromkeys(each.strip() for each in named if each.strip()))
    if set(roles) - set(ROLES):
        raise EnvError("roles")
    return roles


EXPECTED = {
    "Not a valid boolean.": "True oder False",
    "Not a valid integer.": "eine ganze Zahl",
    "Must be greater than or equal to 1.": "eine Zahl ab 1",
    "Longer than maximum length 40.": "höchstens 40 Zeichen",
    "Not a valid URL.": "eine Adresse wie https://fimportal.de/api/v0",
    "Not a valid database URL.": "eine Adresse wie postgres://nutzer:passwort@rechner/datenbank",
    "Not a valid email URL.": "eine Adresse wie smtp+tls://nutzer:passwort@rechner:587",
    "Must be one of: text, json.": "text oder json",
    "base_url": "die Adresse der Seiten, wie https://ozg.example.de",
    "broker_url": "leer oder eine Adresse wie redis://rechner:6379/0 oder amqp://nutzer:passwort@rechner:5672//",
    "no_redis": "amqp://…; für redis:// fehlt das Paket („uv sync --extra redis“)",
    "folder": "leer oder ein Ordner, den es gibt",
    "networks": "leer oder Netze wie 10.20.0.0/16, mit Komma dazwischen",
    "roles": f"leer oder Rollen aus {', '.join(ROLES)}, mit Komma dazwischen",
    "hosts": "Namen wie ozg.example.de, mit Komma dazwischen, ohne https:// und ohne Anschluss",
}


def sentence(name: str, error: str) -> str:
    """What is wrong with the setting `name`, for whoever starts the program."""
    if error == _UNREADABLE:
        return f"{name}_FILE: Die Datei lässt sich nicht lesen. Gibt es sie, und darf der Tracker sie lesen?"
    return f"{name}: Der Wert stimmt nicht; erwartet wird {EXPECTED.get(error, f'etwas anderes ({error})')}."


def stop(sentences: list[str]) -> None:
    """End the program with what is wrong, on standard error, and status 2."""
    print("Der OZG-Tracker startet nicht, weil Einstellungen nicht stimmen:", file=sys.stderr)  # noqa: T201 (no logging yet)
    for each in sentences:
        print(f"  – {each}", file=sys.stderr)  # noqa: T201 (no logging yet)
    raise SystemExit(2)
