"""What stands in the paper: the computed sentences and figures of an edition, and marked places for all else.

A form of the council's office (Mitteilungsvorlage): number, office, committees, subject, facts, cost, annexes. To the
frozen figures are added addresses, the hash of the PDF, and the meetings that the report goes to as they are planned.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.exporting.council_paper.parts import Grid, Heading, Paper, Paragraph, Part, ToFill, Words
from reports.exporting.document import pdf
from reports.exporting.figure_rows import Row, figure_rows
from reports.exporting.file import file_name
from reports.exporting.print_words import print_words
from reports.meetings.reading import meetings_of
from reports.models import Edition
from reports.telling import wording
from reports.telling.content import Report, report
from reports.telling.text import cleaned

_COMMITTEES = 3  # lines to fill
# The definitions whose figures stand below a question; of the forecast those of the whole municipality.
_BELOW = {
    "online": (
        *("relevant", "rated", "ready", "proven", "unclear"),
        *("services_ready", "bundles_online", "bundles_complete", "cases_ready", "take_up"),
    ),
    "moved": ("movement", "gained"),
    "late": ("promises", "late", "deadlines"),
    "done": ("goal", "forecast", "needed_per_month"),
}
_WHOLE = ("", "50 %", "85 %")
_DIMENSIONS = (*_BELOW["moved"], *_BELOW["late"], "take_up")  # told by what they consist of, or with their year


def paper(edition: Edition) -> Paper:
    """The paper on `edition`, in the language that is active."""
    figures, told = cleaned(edition.figures), report(edition)
    return Paper(
        title=_("Mitteilungsvorlage: %(title)s") % {"title": told.title},
        about=wording.plain("".join(span["text"] for span in told.lead)),
        municipality=told.municipality,
        footer=f"{told.municipality} · {told.title}",
        parts=(*_head(edition, told), *_facts(told, figures), *_asked(told), *_after(edition, told)),
    )


def _head(edition: Edition, told: Report) -> Iterator[Part]:
    yield Grid(
        _("Angaben zur Vorlage"),
        (_("Vorlagen-Nr."), _("Federführung"), _("Datum")),
        (5, 8, 4),
        ((ToFill(_("Nummer")), ToFill(_("federführendes Amt")), ToFill(_("Datum"))),),
    )
    yield Heading(_("Beratungsfolge"))
    task = ToFill(_("Zuständigkeit"))
    planned: list[tuple[Words, ...]] = [
        (each.committee.name, wording.day(timezone.localdate(each.starts_at).isoformat()), task)
        for each in meetings_of(edition)
    ]
    empty = (ToFill(_("Gremium")), ToFill(_("Datum")), task)
    rows = (*planned, *(empty,) * (_COMMITTEES - len(planned)))
    yield Grid(_("Beratungsfolge"), (_("Gremium"), _("Datum"), _("Zuständigkeit")), (8, 4, 5), rows)
    yield Heading(_("Betreff"))
    yield Paragraph((f"{told.title}: {told.municipality}",))
    yield Paragraph((told.meta,), small=True)
    if told.draft:
        yield Paragraph((ToFill(_("Entwurf: vor der Sitzung neu ausgeben, wenn der Bericht genehmigt ist")),))
    if told.correction:
        yield Paragraph((f"{told.correction.sentence} {told.correction.reason}",))


def _facts(told: Report, figures: Mapping[str, Any]) -> Iterator[Part]:
    words, rows, meanings = print_words(), list(figure_rows(figures)), dict(_meanings(figures))
    yield Heading(_("Sachverhalt"))
    yield Paragraph(("".join(span["text"] for span in told.lead),))
    for code in _BELOW:
        yield Heading(words[code], 2)
        yield Paragraph((told.answers.paragraph(code),))
        if code in told.voices:
            yield Paragraph((f"{told.voices[code].label}: {told.voices[code].text}",))
        below = [row for row in rows if _of_all(row) and _question(row) == code]
        if not below:
            continue
        yield Grid(
            _("Kennzahlen: %(question)s") % {"question": words[code]},
            (_("Kennzahl"), _("Wert"), _("Zähler"), _("Nenner")),
            (9, 4, 2, 2),
            tuple(map(_line, below)),
        )
        for definition in dict.fromkeys(row.definition for row in below):
            if definition in meanings:
                yield Paragraph((meanings[definition],), small=True)


def _asked(told: Report) -> Iterator[Part]:
    """What members of the council asked, and what they were answered, as the report says it."""
    if told.asked:
        yield Heading(print_words()["asked"], 2)
    for each in told.asked:
        yield Paragraph((f"{each.about} · {each.asked}: {each.text}",))
        yield Paragraph((f"{each.answered}: {each.answer}",))


def _meanings(figures: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a figure means, by the code of its definition; the name first, if the definition does not begin with it."""
    from_names = {row.definition: row.figure for row in reversed(list(figure_rows(figures)))}
    for code, text in figures.get("definitions", {}).items():
        name = from_names.get(code, "")
        yield code, text if not name or text.startswith(f"{name}: ") else f"{name}: {text}"


def _of_all(row: Row) -> bool:
    """Levels, states, findings and departments are told elsewhere: the report is annexed."""
    return not row.dimension or row.definition in _DIMENSIONS or _ahead(row)


def _ahead(row: Row) -> bool:
    return row.definition == "needed_per_month" or (row.definition == "forecast" and row.dimension in _WHOLE)


def _question(row: Row) -> str:
    """Below which question a figure stands, "" for none; promises for the months to come belong to what comes next."""
    if row.definition == "promises" and row.figure == _("Als Nächstes"):
        return "done"
    return next((code for code, definitions in _BELOW.items() if row.definition in definitions), "")


def _line(row: Row) -> tuple[Words, ...]:
    name = f"{row.figure}: {row.dimension}" if row.dimension else row.figure
    numbers = (wording.NO_VALUE if each is None else wording.number(each) for each in (row.numerator, row.denominator))
    return (name, _value(row), *numbers)


def _value(row: Row) -> str:
    if row.numerator is not None and row.denominator is not None and row.unit == "%":
        return wording.percent(row.numerator, row.denominator)
    if row.tenths is not None:
        return f"{wording.one_decimal(row.tenths)} {row.unit}"
    if row.value is None:
        return wording.NO_VALUE
    if isinstance(row.value, str):
        return wording.month(row.value) if row.unit == _("Monat") else row.value
    if row.unit == _("Tage"):
        return wording.days_left(row.value)
    return wording.services(row.value) if row.unit == _("Leistungen") else wording.number(row.value)


def _after(edition: Edition, told: Report) -> Iterator[Part]:
    yield Heading(_("Finanzielle Auswirkungen"))
    yield Paragraph((ToFill(_("keine, oder Betrag, Haushaltsjahr und Produkt")),))
    yield Heading(_("Anlagen"))
    place = settings.BASE_URL.rstrip("/")
    address = reverse("edition_file", args=[edition.month.year, edition.month.month, edition.number, "pdf"])
    hashed = ToFill(_("steht fest, wenn der Bericht genehmigt ist"))
    yield Grid(
        _("Anlagen"),
        (_("Angabe"), _("Anlage 1")),
        (4.5, 12.5),
        (
            (_("Datei"), file_name(edition, told.municipality, "pdf")),
            (_("Adresse"), f"{place}{address}"),
            (_("Prüfsumme der PDF-Datei (SHA-256)"), hashed if told.draft else sha256(pdf(edition, told)).hexdigest()),
            (_("Prüfsumme der Kennzahlen (SHA-256)"), edition.sha256),
        ),
    )
    sentence = _("Ob eine Datei unverändert die ist, die hier genannt wird, sagt %(address)s.")
    yield Paragraph((sentence % {"address": f"{place}{reverse('check_report')}"},), small=True)
