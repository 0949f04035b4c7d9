"""Working through what is unclear: what the profile suggests for each row and why, and deciding many at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from catalog.models import Bundle, ServiceBundle
from ozg_tracker.accounts.models import Deed, Municipality, Reach, User, reach_of
from ozg_tracker.tracking.models import MunicipalService, Responsibility, ScopeProfile, Source
from ozg_tracker.tracking.responsibility.suggesting import Countable, Rule, rules_of, scope_from
from ozg_tracker.tracking.rows.counting import STANDS, UNCLEAR
from ozg_tracker.tracking.rows.rights import Rights
from ozg_tracker.tracking.rows.rules import clean_text
from ozg_tracker.tracking.rows.status import Change, Conflict, change_many

SUGGESTED = "suggested"  # instead of one responsibility: for each row the one that its rule suggests
Rows = QuerySet[MunicipalService]


class Overtaken(Exception):
    """Somebody was quicker with some of the rows; nothing was written. `rows`: as they stand now."""

    def __init__(self, rows: list[MunicipalService]) -> None:
        super().__init__(_("Inzwischen hat jemand anderes entschieden. Hier ist nichts geändert."))
        self.rows = rows


@dataclass(frozen=True)
class Unclear:
    """An unclear row, the first of the bundles it stands in, and the rule that speaks for it."""

    row: MunicipalService
    bundle: Bundle | None
    rule: Rule

    @property
    def decided(self) -> bool:
        """Whether the rule suggests somebody: a profile may say that it does not know either."""
        return self.rule.responsibility != Responsibility.UNCLEAR


class Seen(NamedTuple):
    """A row as a person looked at it."""

    row_id: int
    version: int


def unclear_rows(municipality: Municipality, rights: Rights) -> Rows:
    """The rows that the person may clear: all unclear ones of the municipality, for a manager those of the own tree."""
    rows = MunicipalService.objects.filter(UNCLEAR, STANDS, municipality=municipality)
    if reach_of(rights.role, Deed.CLEAR_RESPONSIBILITY) == Reach.ALL:
        return rows
    return rows.filter(department__in=rights.tree)


def with_suggestions(rows: Rows, profile: ScopeProfile) -> list[Unclear]:
    """`rows` with what `profile` suggests, by bundle and name; three queries, however many rows."""
    scope = scope_from(rules_of(profile))
    links = ServiceBundle.objects.filter(until=None, service__in=rows.values("service"))
    bundles: dict[int, list[Bundle]] = {}
    for link in links.select_related("bundle__situation__topic").order_by(F("bundle__ozg_id").asc(nulls_last=True)):
        bundles.setdefault(link.service_id, []).append(link.bundle)
    found = []
    for row in rows.select_related("service", "department"):
        service, within = row.service, bundles.get(row.service_id, [])
        facts = Countable(service.pk, service.types, service.key, [each.ozg_id or "" for each in within])
        found.append(Unclear(row, within[0] if within else None, scope.rule_for(facts)))
    return sorted(found, key=_by_bundle)


def _by_bundle(each: Unclear) -> tuple[str, str, str, int]:
    bundle = each.bundle
    place = ("~", "") if bundle is None else (bundle.ozg_id or "~", bundle.name)
    return (*place, each.row.service.name, each.row.pk)


def digest_of(unclear: Iterable[Unclear]) -> str:
    """Tells whether a list is still the one that was looked at: the same rows in the same versions."""
    seen = sorted((each.row.pk, each.row.version) for each in unclear)
    return blake2b(repr(seen).encode(), digest_size=12).hexdigest()


def clear(
    municipality: Municipality,
    decisions: Mapping[Seen, str],
    *,
    by: User,
    rights: Rights,
    reason: str,
    effective_on: date,
) -> int:
    """Decide who carries out each row, with one reason, an event each, all or none; returns the number of events.

    Raises Overtaken for rows that are no longer unclear or stand in another version than the one seen,
    ValidationError (`no_rows`, `reason_required`, what a rule refuses), PermissionDenied for a row of somebody else's.
    """
    if not decisions:
        raise ValidationError(_("Bitte wählen Sie zuerst Leistungen mit einem Vorschlag aus."), code="no_rows")
    if not clean_text(reason):
        raise ValidationError(_("Bitte geben Sie eine Begründung an; sie steht bei jeder Leistung."), "reason_required")
    wanted = {seen.row_id: seen.version for seen in decisions}
    rows = MunicipalService.objects.filter(municipality=municipality).select_related("service").in_bulk(wanted)
    if overtaken := [row for pk, row in rows.items() if _stale(row, wanted[pk])]:
        raise Overtaken(overtaken)
    changes = []
    for seen, responsibility in decisions.items():
        change = {"responsibility": responsibility}
        if seen.row_id in rows:
            rights.refuse_unless_allowed(rows[seen.row_id], change)
        changes.append(Change(seen.row_id, change, effective_on, reason, seen.version))
    try:
        return len(change_many(municipality, changes, by=by, source=Source.PAGE))
    except Conflict as conflict:
        raise Overtaken([conflict.stored]) from conflict


def _stale(row: MunicipalService, version: int) -> bool:
    return row.version != version or row.responsibility != Responsibility.UNCLEAR
