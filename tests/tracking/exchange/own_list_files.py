"""Three lists as three municipalities keep theirs, each of another shape; they are invented, the names are the
catalogue's.

One has keys, several in a cell, and columns that mean nothing here; one is a workbook with a title above its headings,
without any key; one is pasted, with words of its own for the state and an end line.
"""

from io import BytesIO

from openpyxl import Workbook

from tests import make

CATALOGUE = {
    "99093003001002": "Baumfällgenehmigung Erteilung für Privatgrundstücke",
    "99089017152000": "Fundsachen Herausgabe",
    "99001009004002": "Sperrmüll Abholung",
    "99001009004001": "Sperrmüll Anmeldung",
    "99001002004000": "Altpapier Entsorgung",
    "99001002005000": "Altpapier Behälter Anmeldung",
    "99102012002001": "Grundsteuer Festsetzung",
    "99008001079000": "Personalausweis Verlustanzeige",
    "99085001079000": "Reisepass Verlustanzeige",
    "99102013104000": "Hundesteuer Anmeldung",
    "99102013070000": "Hundesteuer Abmeldung",
    "99115005104000": "Wohnsitz Anmeldung",
    "99115005070000": "Wohnsitz Abmeldung",
    "99050012104000": "Gewerbe Anmeldung",
    "99050012070000": "Gewerbe Abmeldung",
    "99059001104000": "Eheschließung Anmeldung",
    "99101004001000": "Sterbeurkunde Ausstellung",
    "99108010001000": "Bewohnerparkausweis Ausstellung",
    "99014007035000": "Unterschriften Beglaubigung",
    "99073001000000": "Kirchenaustritt Erklärung",
}
HEADING = "99001002000000"  # an object that has services: counts for nothing by itself

AMBERG = """id;name;leika;public;gebuehren_angegeben;dauer_min
501;Baum fällen auf dem eigenen Grundstück;99093003001002;true;ja;20
502;Fundsache abholen;99089017152000;true;ja;15
503;Sperrmüll anmelden;99001009004002, 99001009004001;true;nein;5
504;Altpapier;99001002000000;true;nein;5
505;Grundsteuer – neuer Eigentümer;99102012002001;false;ja;10
506;Grundsteuer – Erlass;99102012002001;false;ja;15
507;Historisches Kennzeichen;99036028069000;true;ja;15
508;Ausweis verloren;;true;nein;5
"""
CLAUSTAL = [
    ["Dienstleistungen der Stadt Claustal", "", "", ""],
    ["Stand: Oktober", "", "", ""],
    ["Dienstleistung", "Amt", "Link", "Fallzahlen"],
    ["Hundesteuer anmelden", "Steueramt", "https://claustal.example/hund", 120],
    ["Wohnsitz ummelden oder anmelden", "Bürgerbüro", "", 1400],
    ["Gewerbe-Anmeldung", "Ordnungsamt", "https://claustal.example/gewerbe", 310],
    ["Heiraten: Anmeldung der Eheschließung", "Standesamt", "", 88],
    ["Bürgerbus", "Stadtwerke", "https://claustal.example/bus", ""],
]
DORNBACH = (
    "Leistung\tStand\tAnsprechpartner\tBemerkung\n"
    "Unterschriften Beglaubigung\tläuft schon\t\t\n"
    "Kirchenaustritt\tonline\t\tseit Mai\n"
    "Bewohnerparkausweis\tläuft schon\t\t\n"
    "Sterbeurkunde\toffen\t\t\n"
    "Summe: 4 Leistungen\t\t\t\n"
)


def catalogue():
    """The services of the catalogue that the lists may mean, with a heading among them."""
    for key, name in CATALOGUE.items():
        make.service(key, name)
    make.service(HEADING, "Altpapier", countable=False)


def claustal():
    """The workbook of the second municipality, as its bytes."""
    book = Workbook()
    for row in CLAUSTAL:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
