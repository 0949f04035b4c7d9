"""What the page and the file to keep say of a correction."""

import pytest
from lxml import html

from reports.exporting.export_edition import export_edition
from tests.reports.made_editions import approved

pytestmark = pytest.mark.django_db


def page_of(edition):
    return html.fromstring(export_edition(edition, "html").decode())


def words_of(node):
    return " ".join(node.text_content().split())


def test_a_correction_says_what_was_corrected_and_why():
    corrected = approved(
        number=2, correction_reason="Reifegrad war zu hoch gezählt.", differences="Fertig: 22 statt 21"
    )
    page = words_of(page_of(corrected))
    assert "Berichtigt. Ausgabe 2 ersetzt Ausgabe 1. Reifegrad war zu hoch gezählt." in page
    assert "Fertig: 22 statt 21" in page


def test_a_correction_tells_the_one_cause_first_and_folds_the_rest():
    causes = [f"„Leistung {n}“: Reifegrad 2 statt 3, fertig nein statt ja" for n in range(3)]
    corrected = approved(
        number=2,
        correction_reason="Nachgemessen.",
        differences="\n".join(["„A“: Termin 2022-12-01 statt keine Angabe", *causes, "fertig: 20 statt 21"]),
    )
    told = page_of(corrected).xpath("//details[summary[contains(., 'Alle 4 weiteren Unterschiede')]]")[0]
    assert f"Ursache: {causes[0]}. Alle 4" in words_of(told.getparent())
    assert [" ".join(each.text_content().split()) for each in told.xpath(".//li")] == [
        *causes[1:],
        "„A“: Termin 2022-12-01 statt keine Angabe",
        "fertig: 20 statt 21",
    ]
