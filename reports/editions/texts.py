"""The words that people put into an edition: comments, another wording of a reason, why a finding stays."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.reasons import LONGEST_REASON, fitting
from ozg_tracker.tracking.findings.rules import RULES
from reports import canonical
from reports.models import LONGEST_COMMENT, Edition, EditionText

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User

SECTIONS = ("online", "moved", "late", "done", "training")
LONGEST_FINDING = 300  # characters
Kind = EditionText.Kind
Texts = Mapping[tuple[str, str], EditionText]
# Words and signs by which a text may name a person, how to reach one, or somebody's health. A hint, no rule.
_PERSONAL = re.compile(
    r"\b(herrn?|frau|kolleg\w*|mitarbeiterin\w*|krank\w*|erkrank\w*|elternzeit|mutterschutz|urlaub\w*|"
    r"durchwahl|telefon|tel\.|handy|gesundheit\w*|ausfall von)|@|\+?\d[\d /-]{4,}\d",
    re.IGNORECASE,
)


@dataclass
class Reason:
    """A reason as it was entered, with the services that give it; `personal`: it may name a person."""

    about: str
    entered: str
    services: list[str] = field(default_factory=list)

    @property
    def personal(self) -> bool:
        return bool(_PERSONAL.search(re.sub(r"\d{1,2}\.\d{1,2}\.(\d{2,4})?", "", self.entered)))


def reasons_of(figures: Mapping[str, Any]) -> list[Reason]:
    """Every reason that would be published, each once however many give it; those that may be personal first."""
    found: dict[str, Reason] = {}
    for each in _with_reason(figures):
        reason = found.setdefault(each["reason"], Reason(digest_of(each["reason"]), each["reason"]))
        if each["name"] not in reason.services:
            reason.services.append(each["name"])
    return sorted(found.values(), key=lambda each: not each.personal)


def findings_of(figures: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What the month's data lack, `{"code", "count"}`, those first that there are."""
    return sorted(figures["quality"], key=lambda each: not each["count"])


def unexplained(figures: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Blocked services without a reason: what has to be mended before anybody reads it."""
    return [each for each in figures.get("late", {}).get("blocked", []) if not each["reason"]]


def digest_of(entered: str) -> str:
    return hashlib.sha256(entered.encode()).hexdigest()


def raw_figures(edition: Edition) -> dict[str, Any]:
    """The edition's figures as they were reckoned, before any of its words were put otherwise."""
    return canonical.loads((edition.drawn_from or edition).figures)


def texts_of(edition: Edition) -> dict[tuple[str, str], EditionText]:
    return {(each.kind, each.about): each for each in edition.texts.all()}


@transaction.atomic
def keep_texts(edition: Edition, wanted: Mapping[tuple[str, str], str], by: "User | None") -> None:
    """Set the texts of an open edition by kind and what they are about; an empty one goes, what is not named stays.

    A ValidationError where the edition is not open any more (`not_open`), the section, reason or finding is not of this
    edition (`unknown`), or a text is too long (`too_long`).
    """
    held = Edition.objects.select_for_update().get(pk=edition.pk)
    if held.state not in Edition.OPEN:
        raise ValidationError(
            _("Dieser Bericht liegt schon zur Genehmigung vor oder ist genehmigt. Seine Texte bleiben, wie sie sind."),
            code="not_open",
        )
    entered, there, now = _entered(edition, wanted), texts_of(edition), timezone.now()
    for (kind, about), sent in wanted.items():
        text = _fitting(kind, sent.replace("\r\n", "\n").strip())
        if kind == Kind.WORDING and text == entered[about].strip():
            text = ""
        found = there.get((kind, about))
        if found and not text:
            found.delete()
        elif text and (found is None or found.text != text):
            EditionText.objects.update_or_create(
                edition=edition, kind=kind, about=about, defaults={"text": text, "by": by, "recorded_at": now}
            )


def with_texts(
    figures: dict[str, Any], texts: Texts, seen: Sequence[Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """`figures` with the wordings of `texts` for the reasons, with comments where there are any, and where something
    was `seen` (findings that the figures do not count, by code) with the checklist of all of it.
    """
    worded = {about: each.text for (kind, about), each in texts.items() if kind == Kind.WORDING}
    told = _reworded(figures, worded) if worded else dict(figures)
    comments = [
        {"section": section, "text": each.text, "on": timezone.localdate(each.recorded_at).isoformat()}
        for section in SECTIONS
        if (each := texts.get((Kind.COMMENT, section)))
    ]
    because = {about: each.text for (kind, about), each in texts.items() if kind == Kind.FINDING}
    found = [] if seen is None else [each for each in (*figures["quality"], *seen) if each["count"]]
    checked = [{**each, "because": because.get(each["code"], "")} for each in found]
    return told | ({"comments": comments} if comments else {}) | ({"checklist": checked} if checked else {})


def _with_reason(figures: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every entry of the figures with a reason that is not empty."""
    late, promises = figures.get("late", {}), figures.get("promises", {})
    for entries in (*figures["movement"].values(), late.get("blocked", []), promises.get("rows", [])):
        yield from (each for each in entries if each.get("reason"))


def _reworded(figures: Mapping[str, Any], worded: Mapping[str, str]) -> dict[str, Any]:
    def told(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            each | {"reason": worded.get(digest_of(each["reason"]), each["reason"])} if each.get("reason") else each
            for each in entries
        ]

    changed = dict(figures)
    changed["movement"] = {name: told(entries) for name, entries in figures["movement"].items()}
    if "late" in figures:
        changed["late"] = figures["late"] | {"blocked": told(figures["late"]["blocked"])}
    if "promises" in figures:
        changed["promises"] = figures["promises"] | {"rows": told(figures["promises"]["rows"])}
    return changed


def _entered(edition: Edition, wanted: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """The reasons as they were entered, by their digest; refused is what the edition does not have."""
    figures = raw_figures(edition)
    entered = {each.about: each.entered for each in reasons_of(figures)}
    known = {(Kind.COMMENT.value, section) for section in SECTIONS}
    known |= {(Kind.FINDING.value, code) for code in (*(each["code"] for each in figures["quality"]), *RULES)}
    known |= {(Kind.WORDING.value, about) for about in entered}
    if set(wanted) - known:
        raise ValidationError(
            _("Diesen Abschnitt, Befund oder diese Begründung gibt es in der Ausgabe nicht. Bitte laden Sie neu."),
            code="unknown",
        )
    return entered


def _fitting(kind: str, text: str) -> str:
    return fitting(text, {Kind.COMMENT: LONGEST_COMMENT, Kind.FINDING: LONGEST_FINDING}.get(Kind(kind), LONGEST_REASON))
