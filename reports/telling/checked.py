"""The answer of a check in words."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports import months
from reports.models import Edition
from reports.telling import wording
from reports.telling.text import clean, cleaned

KINDS = {"pdf": "PDF", "json": "JSON", "csv": "CSV", "html": "HTML", "hash": gettext_lazy("Prüfsumme"), "": ""}


class Answer(NamedTuple):
    """A heading, a sentence, what to mind (where it is replaced or changed), and facts."""

    good: bool
    heading: str
    sentence: str
    mind: str
    facts: list[tuple[str, str]]


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
            "Die Zahlen im PDF sind die von: %(report)s, %(municipality)s, Ausgabe %(n)s. Seine Seiten sind nicht"
            " Zeichen für Zeichen die, die heute daraus entstehen: Sie wurden verändert oder mit einer anderen Fassung"
            " des Programms geschrieben. Laden Sie das PDF neu und vergleichen Sie."
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
    facts += [(_("Kette"), joined), (_("Prüfsumme (SHA-256)"), edition.sha256)]
    if found.head != edition.sha256:
        facts.append((_("Ende der Kette"), found.head))
    return facts
