"""Personal keys for programs: shown once, stored as SHA-256, revocable. Sent as `Authorization: Bearer …`."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, date, timedelta
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.journal.sign_ins import home_of
from ozg_tracker.accounts.models import Municipality, Scope, Token, User

_BYTES = 32  # beyond guessing, so that a plain hash without salt is enough
_MOST_NETWORKS = 10
_LONGEST = timedelta(days=2 * 366)  # of a service account, whose key no change of a password ends
_NOTED = timedelta(hours=1)  # a use is noted so often; not each request must write
_DIGEST = "digest"  # stands for one in the statement
_READ = ("id", "scopes", "municipality_id", "networks", "expires_on", "last_used_at")


def listen() -> None:
    """From now on a password that is set anew ends the keys of its person."""
    for signal in (password_changed, password_reset):
        signal.connect(_password_set, dispatch_uid="keys_end_with_password")


@transaction.atomic
def create_token(
    user: User,
    *,
    name: str = "",
    scopes: Iterable[str] = tuple(Scope),
    municipality: Municipality | None = None,
    networks: str = "",
    expires_on: date | None = None,
    by: User | None = None,
) -> str:
    """A new key of `user`, in plain text for this one time.

    `scopes`: values of `Scope`; `municipality`: one in which the person has a role, None for all of them; `networks`:
    addresses or networks, between them spaces, commas or lines; `expires_on`: the last day on which it opens.
    ValidationError `left` for a person who has left, and of a field: `unknown_scope`, `no_role`, `no_network`, `past`;
    of a service account, whose key has a last day within two years, `no_end` and `too_late`.
    """
    if not user.is_active:
        raise ValidationError(
            _("„%(user)s“ ist stillgelegt und bekommt deshalb keinen Zugangsschlüssel."),
            code="left",
            params={"user": user.username},
        )
    token = Token(
        user=user,
        name=" ".join(name.split()),
        scopes=_scopes(scopes),
        municipality=municipality,
        networks=_networks(networks),
        expires_on=expires_on,
    )
    if municipality is not None and not user.memberships.filter(municipality=municipality).exists():
        raise _at("municipality", _("In dieser Kommune haben Sie keine Rolle."), "no_role")
    if token.expired():
        raise _at("expires_on", _("Dieser Tag ist schon vorbei. Bitte nennen Sie einen, der noch kommt."), "past")
    if user.is_service:
        _refuse_endless(expires_on)
    plain = secrets.token_urlsafe(_BYTES)
    token.digest = _digest(plain)
    token.full_clean(exclude=["user"])
    token.save()
    _write(token, by, after={"active": "yes", **_told(token)})
    return plain


def _refuse_endless(expires_on: date | None) -> None:
    if expires_on is None:
        raise _at(
            "expires_on", _("Der Schlüssel eines Dienstkontos hat einen letzten Tag. Bitte nennen Sie ihn."), "no_end"
        )
    if expires_on > timezone.localdate() + _LONGEST:
        raise _at("expires_on", _("Der Schlüssel eines Dienstkontos gilt höchstens zwei Jahre."), "too_late")


def token_of(plain: str, address: str | None = None) -> Token | None:
    """The key with its person as `.user`, asked for from the IP `address` (None: it does not matter, "": not known).
    The person's `roles_held` are those that the key opens.

    None for an unknown, revoked or expired key, from outside its networks, or when the person has left.
    """
    digest = _digest(plain)
    sql, parameters = _statement(connection.vendor)
    found: list[Any] = list(User.everyone.raw(sql, [digest if each == _DIGEST else each for each in parameters]))
    if not found:
        return None
    user, told = found[0], {name: getattr(found[0], f"key_{name}") for name in _READ}
    token = Token(user=user, digest=digest, **told)
    if token.expired() or not _within(address, token.networks):
        return None
    user.bound_to = token.municipality_id
    held = [(each.held_role, each.held_in) for each in found if each.held_role]
    user.roles_held = [role for role in held if token.municipality_id in (None, role[1])]
    _note_use(token)
    return token


@cache
def _statement(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The key, its person and the roles held, a line for each role. Every request of a program asks for it, and what
    Django needs to write the statement is more than what the database needs to answer it: so it is written once.
    """
    asked = User.everyone.filter(tokens__digest=_DIGEST, tokens__revoked_at=None, is_active=True)
    told = {f"key_{name}": F(f"tokens__{name}") for name in _READ}
    roles = {"held_role": F("memberships__role"), "held_in": F("memberships__municipality")}
    sql, parameters = asked.annotate(**told, **roles).order_by().query.sql_with_params()
    return sql, tuple(parameters)


def _note_use(token: Token) -> None:
    now, last = timezone.now(), token.last_used_at
    if last is not None and timezone.is_naive(last):  # as SQLite gives it
        last = last.replace(tzinfo=UTC)
    if last is None or last < now - _NOTED:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _NOTED)
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=now)


@transaction.atomic
def revoke_token(token: Token, *, by: User | None = None) -> None:
    """From now on the key opens nothing. Revoking twice keeps the first moment."""
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        _write(token, by, before={"active": "yes"}, after={"active": "no"})


def _password_set(user: User, **kwargs: Any) -> None:
    """Whoever sets a password anew may do so because somebody else had it, and with it the keys."""
    for token in Token.objects.filter(user=user, revoked_at=None):
        revoke_token(token, by=user)


def _write(token: Token, by: User | None, **told: dict[str, str]) -> None:
    municipality = token.municipality or home_of(token.user)
    journal.write(journal.Kind.KEY, municipality=municipality, by=by, person=token.user, **told)  # type: ignore[arg-type]


def _told(token: Token) -> dict[str, str]:
    told = {
        "key_name": token.name,
        "opens": token.scopes,
        "until": token.expires_on.isoformat() if token.expires_on else "",
        "networks": token.networks,
    }
    return {name: text for name, text in told.items() if text}


def _scopes(wanted: Iterable[str]) -> str:
    named = set(wanted)
    if unknown := sorted(named - set(Scope.values)):
        sentence = _("Den Bereich „%(scope)s“ gibt es nicht. Möglich sind: %(scopes)s.")
        raise _at("scopes", sentence % {"scope": unknown[0], "scopes": ", ".join(Scope.values)}, "unknown_scope")
    return " ".join(scope for scope in Scope.values if scope in named)


def _networks(text: str) -> str:
    """The networks in their shortest writing, each once, with spaces between."""
    found: dict[str, None] = {}
    for word in text.replace(",", " ").replace(";", " ").split():
        try:
            found[str(ip_network(word))] = None
        except ValueError as error:
            sentence = _("„%(word)s“ ist keine Adresse und kein Netz. So geht es: 192.0.2.17 oder 192.0.2.0/24.")
            raise _at("networks", sentence % {"word": word[:60]}, "no_network") from error
    if len(found) > _MOST_NETWORKS:
        raise _at("networks", _("Es gehen höchstens %(most)d Netze.") % {"most": _MOST_NETWORKS}, "too_many")
    return " ".join(found)


def _within(address: str | None, networks: str) -> bool:
    if not networks or address is None:
        return True
    try:
        asking = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(asking, "ipv4_mapped", None)  # a machine with IPv6 writes ::ffff:192.0.2.17
    return any((mapped or asking) in ip_network(each) for each in networks.split())


def _at(field: str, sentence: str, code: str) -> ValidationError:
    return ValidationError({field: ValidationError(sentence, code)})


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
