"""The answer of a check in words."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports import months
from reports.models import Edition
from reports.telling import wording
from reports.telling.text import clean, cleaned

KINDS = {
    "pdf": "PDF",
    "json": "JSON",
    "csv": "CSV",
    "html": "HTML",
    "xlsx": "Excel",
    "ods": "ODS",
    "hash": gettext_lazy("Prüfsumme"),
    "": "",
}


class Answer(NamedTuple):
    """A heading, a sentence, what to mind (where it is replaced or changed), and facts."""

    good: bool
    heading: str
    sentence: str
    mind: str
    facts: list[tuple[str, str]]


# every answer there is: what it means, what can be done
ANSWERS = (
    (
        gettext_lazy("Unverändert, gültig"),
        gettext_lazy("Genau diese Datei wurde veröffentlicht; keine spätere Ausgabe ersetzt sie."),
        gettext_lazy("sich auf die Datei verlassen"),
    ),
    (
        gettext_lazy("Unverändert, aber ersetzt"),
        gettext_lazy("Echt, aber eine Berichtigung ist erschienen."),
        gettext_lazy("die gültige Ausgabe ansehen"),
    ),
    (
        gettext_lazy("Zahlen unverändert"),
        gettext_lazy("PDF oder Tabelle wurden neu gespeichert oder anders gesetzt; die Zahlen stimmen."),
        gettext_lazy("die veröffentlichte Datei laden und vergleichen"),
    ),
    (
        gettext_lazy("Verändert"),
        gettext_lazy("Die Datei nennt einen Bericht, stimmt aber nicht mit ihm überein."),
        gettext_lazy("die veröffentlichte Datei laden und vergleichen"),
    ),
    (
        gettext_lazy("Unbekannt"),
        gettext_lazy("Die Datei gehört zu keinem veröffentlichten Bericht; Entwürfe sind nicht dabei."),
        gettext_lazy("bei der Kommune nachfragen"),
    ),
)


def told(found: Any) -> Answer:
    """The answer to what `reports.exporting.checking` found."""
    edition: Edition | None = found.edition
    if edition is None:
        sentence = _(
            "Weder Datei noch Prüfsumme gehören zu einem veröffentlichten Bericht; Entwürfe sind nicht dabei. Fragen"
            " Sie bei der Kommune nach."
        )
        return Answer(False, _("Unbekannt"), sentence, "", [])
    replaced: Edition | None = found.replaced_by
    words = {
        "report": _("Sachstandsbericht %(month)s") % {"month": wording.month(months.name(edition.month))},
        "municipality": cleaned(edition.figures)["municipality"]["name"],
        "n": edition.number,
    }
    headings = {
        "unchanged": _("Unverändert, aber ersetzt") if replaced else _("Unverändert, gültig"),
        "figures_unchanged": _("Zahlen unverändert, aber ersetzt") if replaced else _("Zahlen unverändert"),
        "changed": _("Verändert"),
    }
    sentences = {
        "unchanged": _("Das ist Zeichen für Zeichen: %(report)s, %(municipality)s, Ausgabe %(n)s."),
        "figures_unchanged": _(
            "Die Zahlen in der Datei sind die von: %(report)s, %(municipality)s, Ausgabe %(n)s. Die Datei ist nicht"
            " Zeichen für Zeichen die, die heute daraus entsteht: Sie wurde verändert, neu gespeichert oder mit einer"
            " anderen Fassung des Programms geschrieben. Laden Sie sie neu und vergleichen Sie."
        ),
        "changed": _(
            "Die Datei nennt: %(report)s, %(municipality)s, Ausgabe %(n)s, stimmt aber nicht Zeichen für Zeichen mit"
            " dem überein, was heute daraus entsteht. Sie wurde verändert oder, wenn es kein JSON ist, mit einer"
            " anderen Fassung des Programms geschrieben. Laden Sie die Datei neu und vergleichen Sie."
        ),
    }
    mind = ""
    if replaced:
        mind = _("Ersetzt durch Ausgabe %(n)s. Grund: %(reason)s") % {
            "n": replaced.number,
            "reason": clean(replaced.correction_reason),
        }
    good = found.finding == "unchanged"
    return Answer(good, headings[found.finding], sentences[found.finding] % words, mind, _facts(found, edition))


def _facts(found: Any, edition: Edition) -> list[tuple[str, str]]:
    joined = _("lückenlos bis zur neuesten Ausgabe") if found.whole_chain else _("unterbrochen")
    facts = [(_("Geprüft"), f"{KINDS[found.kind]}, {wording.instant(found.checked_at)}")]
    if edition.approved_at:
        facts.append((_("Genehmigt"), wording.instant(edition.approved_at)))
    if found.signed is not None:
        facts.append((_("Unterschrift"), _signed(found, edition)))
    facts += [(_("Kette"), joined), (_("Prüfsumme (SHA-256)"), edition.sha256)]
    if found.head != edition.sha256:
        facts.append((_("Ende der Kette"), found.head))
    return facts


def _signed(found: Any, edition: Edition) -> str:
    if not found.signed:
        return _("ungültig: Sie gehört nicht zu diesen Zahlen")
    words = {"municipality": edition.municipality.name, "key": found.edition.signature.public_key[:16]}
    return _("gültig, Schlüssel von %(municipality)s (Ed25519, %(key)s…)") % words
