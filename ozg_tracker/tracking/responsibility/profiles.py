"""change_profile(): the only way a scope profile changes. A change is a new version; the versions before it stay.

A profile suggests. No row of any municipality changes with it: what was decided stays, what is unclear shows the new
suggestion.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from catalog.models import Bundle, Service, ServiceType
from catalog.reasons import given
from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models import MunicipalService, Responsibility, ScopeProfile, ScopeRule
from ozg_tracker.tracking.responsibility.suggesting import (
    CRITERIA,
    Rule,
    RuleLine,
    countable_services,
    profile_of,
    rules_of,
    scope_from,
)
from ozg_tracker.tracking.rows.rules import clean_text

Changes = Mapping[RuleLine, Rule | None]  # None: the line is struck out
MOST = 300  # characters of a rule's reason and source
_OBJECT = re.compile(r"[0-9]{8}")


class RuleDifference(NamedTuple):
    """A line of two versions, with the rule in each; None where a version has no such line."""

    line: RuleLine
    before: Rule | None
    after: Rule | None


def change_profile(
    kind: str, changes: Changes, *, by: User | None, reason: str, seen_version: int | None = None
) -> ScopeProfile:
    """Make the next version of the profile in force for `kind`: its lines with `changes` laid over them.

    ValidationError: `reason_required`, `nothing_to_do`, `conflict` (another version than `seen_version` is in force),
    for a line `unknown_type`, `unknown_bundle`, `unknown_object`, `rule_without_reason`, `too_long`, and what
    `profile_of` raises.
    """
    reason = given(clean_text(reason), _("Bitte begründen Sie, warum das Profil sich ändert."))
    with transaction.atomic():
        # whoever makes a version waits for the one before
        list(ScopeProfile.objects.select_for_update().filter(kind=kind).order_by("pk").values_list("pk"))
        before = profile_of(kind)
        if seen_version not in (None, before.version):
            sentence = _("Inzwischen gilt Fassung %(version)d. Bitte sehen Sie sie an und ändern Sie dann diese.")
            raise ValidationError(sentence, code="conflict", params={"version": before.version})
        known = rules_of(before)
        rules = changed(known, changes)
        if rules == known:
            raise ValidationError(_("Das Profil sagt das schon so; es ist nichts zu ändern."), code="nothing_to_do")
        return _write(before, rules, by, reason)


def changed(rules: Mapping[RuleLine, Rule], changes: Changes) -> dict[RuleLine, Rule]:
    """`rules` with `changes` laid over them; ValidationError for a line or rule that cannot be."""
    laid = {line: _checked(line, rule) for line, rule in changes.items()}
    _refuse_unknown([line for line, rule in laid.items() if rule is not None and line not in rules])
    result = {**rules, **laid}
    return {line: rule for line, rule in result.items() if rule is not None}


def rule_differences(before: Mapping[RuleLine, Rule], after: Mapping[RuleLine, Rule]) -> list[RuleDifference]:
    """The lines in which two versions differ: by type, by bundle, by object."""
    lines = sorted({*before, *after}, key=lambda line: (CRITERIA.index(line.criterion), line.value))
    found = (RuleDifference(line, before.get(line), after.get(line)) for line in lines)
    return [each for each in found if each.before != each.after]


def back_to(profile: ScopeProfile) -> Changes:
    """The changes that make the profile in force say again what `profile`, another version of its kind, says."""
    return {each.line: each.after for each in rule_differences(rules_of(profile_of(profile.kind)), rules_of(profile))}


def newer_shipped(kind: str) -> ScopeProfile | None:
    """A version that came with the program after the one in force was made by a person, if there is one."""
    in_force = ScopeProfile.objects.in_force(kind)
    if in_force is None or in_force.shipped is not None:
        return None
    came = ScopeProfile.objects.filter(kind=kind, shipped__isnull=False, version__gt=in_force.version)
    return came.order_by("-version").first()


class Suggested(NamedTuple):
    """A row for which the suggestion would be another one."""

    row: MunicipalService
    before: Rule
    after: Rule


@dataclass
class Preview:
    """What a change of a profile would suggest differently.

    `undecided`, `decided`: rows of the municipality looked at; `everywhere`: how many undecided and decided rows there
    are in all municipalities of the kind.
    """

    services: int = 0
    undecided: list[Suggested] = field(default_factory=list)
    decided: list[Suggested] = field(default_factory=list)
    everywhere: tuple[int, int] = (0, 0)


def preview(kind: str, changes: Changes, municipality: Municipality) -> Preview:
    """What `changes` would suggest differently, in the rows of `municipality` where it is of this kind; no row changes.

    A constant number of queries. ValidationError as `change_profile`.
    """
    rules = rules_of(profile_of(kind))
    before, after = scope_from(rules), scope_from(changed(rules, changes))
    found: dict[int, tuple[Rule, Rule]] = {}
    for service in countable_services():
        was, will_be = before.rule_for(service), after.rule_for(service)
        if was.responsibility != will_be.responsibility:
            found[service.pk] = was, will_be
    made = Preview(services=len(found))
    if found:
        rows = MunicipalService.objects.filter(municipality__kind=kind, service__in=found)
        _sort_in(rows.filter(municipality=municipality), found, made)
        unclear = Q(responsibility=Responsibility.UNCLEAR)
        counts = rows.aggregate(undecided=Count("pk", filter=unclear), decided=Count("pk", filter=~unclear))
        made.everywhere = counts["undecided"], counts["decided"]
    return made


def _sort_in(rows: QuerySet[MunicipalService], found: Mapping[int, tuple[Rule, Rule]], made: Preview) -> None:
    for row in rows.select_related("service").order_by("service__name", "pk"):
        undecided = row.responsibility == Responsibility.UNCLEAR
        (made.undecided if undecided else made.decided).append(Suggested(row, *found[row.service_id]))


def _checked(line: RuleLine, rule: Rule | None) -> Rule | None:
    if rule is None:
        return None
    reason, source = clean_text(rule.reason), clean_text(rule.source)
    if not reason or not source:
        sentence = _("Jede Regel nennt Begründung und Quelle, auch die für „%(value)s“.")
        raise ValidationError(sentence, code="rule_without_reason", params={"value": line.value})
    if max(len(reason), len(source)) > MOST:
        sentence = _("Begründung und Quelle einer Regel haben höchstens %(most)d Zeichen.")
        raise ValidationError(sentence, code="too_long", params={"most": MOST})
    return Rule(Responsibility(rule.responsibility), reason, source)


def _refuse_unknown(lines: list[RuleLine]) -> None:
    """A new line names a Typisierung, bundle or object that the catalogue knows: anything else is a slip."""
    named = {criterion: {value for name, value in lines if name == criterion} for criterion in CRITERIA}
    types = set(ServiceType.objects.filter(code__in=named["type_code"]).values_list("code", flat=True))
    bundles = set(Bundle.objects.filter(ozg_id__in=named["ozg_id"]).values_list("ozg_id", flat=True))
    starts = Service.objects.annotate(start=Left("key", 8)).filter(start__in=named["object_key"])
    objects = {each for each in starts.values_list("start", flat=True).distinct() if _OBJECT.fullmatch(each)}
    for value in sorted(named["type_code"] - types):
        raise ValidationError(_("Eine Typisierung „%s“ gibt es nicht.") % value, code="unknown_type")
    for value in sorted(named["ozg_id"] - bundles):
        raise ValidationError(_("Eine OZG-Leistung „%s“ steht nicht im Katalog.") % value, code="unknown_bundle")
    for value in sorted(named["object_key"] - objects):
        sentence = _("Ein Leistungsobjekt „%s“ (die ersten acht Ziffern eines Schlüssels) steht nicht im Katalog.")
        raise ValidationError(sentence % value, code="unknown_object")


def _write(before: ScopeProfile, rules: Mapping[RuleLine, Rule], by: User | None, reason: str) -> ScopeProfile:
    last = ScopeProfile.objects.filter(kind=before.kind).order_by("-version").values_list("version", flat=True)[0]
    made = ScopeProfile.objects.create(
        kind=before.kind, version=last + 1, source=before.source, by=by, reason=reason, complete=False
    )
    ScopeRule.objects.bulk_create(
        ScopeRule(profile=made, **{criterion: value}, **rule._asdict()) for (criterion, value), rule in rules.items()
    )
    made.complete = True
    made.save(update_fields=["complete"])
    journal.write(
        journal.Kind.RULE,
        municipality=None,
        by=by,
        about=f"{ScopeProfile._meta.verbose_name}: {made.get_kind_display()}",
        before={"version": str(before.version), "rules": str(before.rules.count())},
        after={"version": str(made.version), "rules": str(len(rules))},
        reason=reason,
    )
    return made
