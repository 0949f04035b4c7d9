"""What stands around the figures: the edition's own words, the state of the data, and the proof."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.models import Edition
from reports.telling import labels, wording
from reports.telling.corrections import correction
from reports.telling.text import clean
from reports.telling.voices import also_seen, staying


def meta(edition: Edition, figures: Mapping[str, Any]) -> str:
    """ "Stadt Musterstadt · Stichtag 31.10.2026 · Ausgabe 2, genehmigt am 09.11.2026"."""
    cutoff = _("Stichtag %(day)s") % {"day": wording.day(figures["cutoff"])}
    return f"{figures['municipality']['name']} · {cutoff} · {standing(edition)}"


def preview_meta(figures: Mapping[str, Any]) -> str:
    """ "Stadt Musterstadt · Stichtag 30.11.2026 · Einträge bis 24.11.2026, 23:10 Uhr"."""
    cutoff = _("Stichtag %(day)s") % {"day": wording.day(figures["cutoff"])}
    known = _("Einträge bis %(when)s") % {"when": wording.instant(figures["known_at"])}
    return f"{figures['municipality']['name']} · {cutoff} · {known}"


def standing(edition: Edition) -> str:
    """The edition's number and whether it is approved."""
    words = {"n": edition.number}
    if edition.state == Edition.State.DRAFT:
        return _("Ausgabe %(n)s, Entwurf, noch nicht genehmigt") % words
    if edition.state == Edition.State.IN_REVIEW:
        return _("Ausgabe %(n)s, in Prüfung, noch nicht genehmigt") % words
    if edition.state == Edition.State.SUBMITTED:
        return _("Ausgabe %(n)s, zur Genehmigung vorgelegt, noch nicht genehmigt") % words
    if edition.state == Edition.State.DROPPED:
        return _("Ausgabe %(n)s, verworfen") % words
    if edition.approved_at is None:
        return _("Ausgabe %(n)s, genehmigt") % words
    approved = date_format(localtime(edition.approved_at), "d.m.Y")
    return _("Ausgabe %(n)s, genehmigt am %(day)s") % {**words, "day": approved}


def draft(edition: Edition) -> str:
    """The warning of an edition that is not approved; empty for one that is."""
    if edition.state == Edition.State.APPROVED:
        return ""
    return _("Noch nicht genehmigt. Die Zahlen stehen fest; der Rat sieht den Bericht erst nach der Genehmigung.")


def passed(figures: Mapping[str, Any]) -> str:
    """Planned dates that have passed and blocked services, in one sentence; empty where there are none."""
    found = {each["code"]: each["count"] for each in figures["quality"]}
    parts = []
    if count := found.get("planned_passed"):
        parts.append(
            ngettext(
                "%(n)s eigener Planungstermin ist verstrichen", "%(n)s eigene Planungstermine sind verstrichen", count
            )
            % {"n": wording.number(count)}
        )
    if count := figures["totals"]["states"].get("blocked"):
        parts.append(
            ngettext("%(n)s Leistung ist blockiert", "%(n)s Leistungen sind blockiert", count)
            % {"n": wording.number(count)}
        )
    return ", ".join(parts) + "." if parts else ""


def quality(figures: Mapping[str, Any]) -> list[str]:
    """What is missing in the data, a line for each finding with a count, then what was seen beside it on the day when
    the edition was submitted.
    """
    because = staying(figures)
    return [
        f"{labels.quality(each['code'])}: {wording.number(each['count'])}"
        + (_(", bleibt so, weil: %s") % because[each["code"]] if each["code"] in because else "")
        for each in (*figures["quality"], *also_seen(figures))
        if each["count"]
    ]


def sources(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the figures rest on: knowledge, catalogue, maturity model, municipality."""
    known = _("Einträge bis %(when)s") % {"when": wording.instant(figures["known_at"])}
    return [
        (_("Wissensstand"), known),
        (_("Katalogstand"), str(figures["catalogue_release"])),
        (_("Reifegradmodell"), str(figures["maturity_model"])),
        (_("Amtlicher Regionalschlüssel"), figures["municipality"]["ars"]),
    ]


def proof(edition: Edition, figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is needed to check the report: its sources and hashes."""
    lines = [*sources(figures), (_("Prüfsumme (SHA-256)"), edition.sha256)]
    if edition.previous_sha256:
        lines.append((_("Prüfsumme der vorigen Ausgabe"), edition.previous_sha256))
    return lines + decided(edition) + signed(edition)


def signed(edition: Edition) -> list[tuple[str, str]]:
    """The municipality's signature, in two halves that fit a line, and the key that checks it; nothing without one."""
    signature = getattr(edition, "signature", None)
    if signature is None:
        return []
    return [
        (_("Unterschrift (Ed25519)"), f"{signature.signature[:64]} {signature.signature[64:]}"),
        (_("Öffentlicher Schlüssel"), signature.public_key),
    ]


def decided(edition: Edition) -> list[tuple[str, str]]:
    """Who submitted and who approved, with the time; a job has no name."""
    steps = (
        (_("Vorgelegt"), edition.submitted_by, edition.submitted_at),
        (_("Genehmigt"), edition.approved_by, edition.approved_at),
    )
    return [(name, f"{clean(str(who))}, {wording.instant(when)}") for name, who, when in steps if who and when]


def about(edition: Edition, figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the edition is, for the files that are data: its municipality, month, standing, correction and proof."""
    lines = [
        (_("Kommune"), figures["municipality"]["name"]),
        (_("Monat"), figures["month"]),
        (_("Stichtag"), figures["cutoff"]),
        (_("Stand der Ausgabe"), standing(edition)),
    ]
    corrected = correction(edition)
    if corrected:
        lines.append((_("Grund der Berichtigung"), corrected.reason))
        lines += [(each.question, each.sentence()) for each in corrected.change.figures]
        lines += [(_("Geändert"), line) for line in corrected.change.lines()]
    return [*lines, *proof(edition, figures)]
