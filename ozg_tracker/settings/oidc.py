"""Single sign-on by OpenID Connect as the environment sets it: OIDC_…, and what of it must be there together."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from environs import EnvError, validate

from ozg_tracker.settings.environment import EXPECTED, ROLES, env, parts

_HOURS = 10
_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Oidc:
    """False where there is no issuer. `roles`: what the provider says → our role, the first that fits counts."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    name: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    role_claim: str = "ozg_role"
    roles: Mapping[str, str] = field(default_factory=dict)
    department_claim: str = ""
    municipality: str = ""
    municipality_claim: str = ""
    connect_usernames: bool = False
    operators: bool = False
    second_factor: bool = False
    session_hours: int = _HOURS
    origins: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.issuer)

    def form_action(self) -> list[str]:
        """Where the form of signing in may lead besides ourselves: browsers look at redirects too."""
        return [_origin(self.issuer), *self.origins] if self else []

    def wrong(self) -> list[str]:
        """A sentence for each setting that does not go with the others."""
        if not self:
            return []
        needed = {"OIDC_CLIENT_ID": self.client_id, "OIDC_CLIENT_SECRET": self.client_secret, "OIDC_ROLES": self.roles}
        found = [f"{name} fehlt. Mit OIDC_ISSUER muss es gesetzt sein." for name, value in needed.items() if not value]
        if "operator" in self.roles.values() and not self.operators:
            found.append("OIDC_ROLES: Die Rolle operator kommt nur von außen, wenn OIDC_OPERATORS es erlaubt.")
        return found


@env.parser_for("issuer")
def _issuer(value: str) -> str:
    """Empty, or the address of a provider over TLS; on this machine without."""
    if not value:
        return value
    found = parts(value, "issuer")
    secure = found.scheme == "https" or (found.scheme == "http" and found.hostname in _HERE)
    if not secure or found.query or found.fragment or "@" in found.netloc:
        raise EnvError("issuer")
    return value


@env.parser_for("origins")
def _origins(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """Origins over TLS with commas between them."""
    named = tuple(each.strip() for each in value.split(",") if each.strip()) if isinstance(value, str) else value
    if any(not each.startswith("https://") or parts(each, "origins").path or _origin(each) != each for each in named):
        raise EnvError("origins")
    return named


@env.parser_for("scopes")
def _scopes(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """Words with spaces between them, openid among them."""
    named = tuple(value.split()) if isinstance(value, str) else value
    if "openid" not in named:
        raise EnvError("scopes")
    return named


@env.parser_for("role_map")
def _role_map(value: str | Mapping[str, str]) -> Mapping[str, str]:
    """`group=role`, with commas between them, or semicolons where names of groups have commas."""
    if not isinstance(value, str):
        return value
    lines = [each.strip() for each in re.split(";" if ";" in value else ",", value) if each.strip()]
    found = {name.strip(): role.strip() for name, _sign, role in (each.rpartition("=") for each in lines)}
    if "" in found or set(found.values()) - set(ROLES) or len(found) != len(lines):
        raise EnvError("role_map")
    return found


@env.parser_for("ars")
def _ars(value: str) -> str:
    """Empty, or twelve digits."""
    if value and not re.fullmatch("[0-9]{12}", value):
        raise EnvError("ars")
    return value


EXPECTED.update(
    {
        "issuer": "leer oder die Adresse des Anbieters, wie https://anmeldung.example.de/realms/stadt",
        "origins": "leer oder Adressen wie https://anmeldung.example.de, mit Komma dazwischen und ohne Pfad",
        "scopes": "Wörter mit Leerzeichen dazwischen, darunter openid",
        "role_map": f"Zuordnungen wie ozg-leitung=manager, mit Komma dazwischen; Rollen sind {', '.join(ROLES)}",
        "ars": "leer oder ein Regionalschlüssel mit zwölf Ziffern",
    }
)


def read() -> Oidc:
    """All of it; what is wrong is told when the environment is sealed."""
    return Oidc(
        issuer=env.issuer("OIDC_ISSUER", ""),
        client_id=env.str("OIDC_CLIENT_ID", ""),
        client_secret=env.str("OIDC_CLIENT_SECRET", ""),
        name=env.str("OIDC_NAME", "", validate=validate.Length(max=40)),
        scopes=env.scopes("OIDC_SCOPES", ("openid", "profile", "email")),
        role_claim=env.str("OIDC_ROLE_CLAIM", "ozg_role"),
        roles=env.role_map("OIDC_ROLES", {}),
        department_claim=env.str("OIDC_DEPARTMENT_CLAIM", ""),
        municipality=env.ars("OIDC_MUNICIPALITY", ""),
        municipality_claim=env.str("OIDC_MUNICIPALITY_CLAIM", ""),
        connect_usernames=env.bool("OIDC_CONNECT_USERNAMES", False),
        operators=env.bool("OIDC_OPERATORS", False),
        second_factor=env.bool("OIDC_SECOND_FACTOR", False),
        session_hours=env.int("OIDC_SESSION_HOURS", _HOURS, validate=validate.Range(min=1)),
        origins=env.origins("OIDC_ORIGINS", ()),
    )


def _origin(address: str) -> str:
    found = urlsplit(address)
    return f"{found.scheme}://{found.netloc}"
