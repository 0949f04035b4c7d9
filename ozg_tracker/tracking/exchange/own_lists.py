"""A municipality's own list: kept as it came, its columns mapped, its rows matched by key; a person decides the others.

Nothing falls away: a row is a service of the catalogue (or several), becomes an own service, or stays in the list. What
is decided goes on as a merge, so that the same rules and the same page take it over.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import IO, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.keys import keys_in
from catalog.importing.problems import Refused
from catalog.importing.spelling import plain_word
from catalog.models import Service, Situation
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.exchange.finding import SERVICE
from ozg_tracker.tracking.exchange.likeness import Names, names_of
from ozg_tracker.tracking.exchange.status_file import FileLine
from ozg_tracker.tracking.exchange.words import COLUMNS, column_of
from ozg_tracker.tracking.models import ListMapping, OwnList, OwnListRow, OwnService
from ozg_tracker.tracking.tables import Row, Table, tables_in

MOST_ROWS = 5000
MOST_MEGABYTES = 10
SUGGESTED = 5  # services with a similar name, one key each
MEANINGS = tuple(column for column in COLUMNS if column not in ("version", "confirmed"))
_HEADS_WITHIN = 20  # rows above the headings: titles, dates
_WORDS = {
    "leika": "key",
    "leikaid": "key",
    "leikaschluessel": "key",
    "leikanummer": "key",
    "bezeichnung": "name",
    "name": "name",
    "dienstleistung": "name",
    "titel": "name",
    "link": "online_url",
    "internetadresse": "online_url",
    "adresse": "online_url",
    "organisationseinheit": "department",
    "abteilung": "department",
    "sachgebiet": "department",
    "fallzahlen": "cases_per_year",
    "faelle": "cases_per_year",
    "anmerkung": "note",
    "notiz": "note",
    "ozgid": "ozg_id",
}
Outcome = OwnListRow.Outcome


class Column(NamedTuple):
    """A column of a list: its place, its heading, some of what stands in it, how many cells are filled, its meaning."""

    place: int
    head: str
    samples: list[str]
    filled: int
    meaning: str


class Decided(NamedTuple):
    """A decision about a row, by its id."""

    row: int
    outcome: str
    services: Sequence[int] = ()


class Brought(NamedTuple):
    """The lists that a file became, one a sheet, and in sentences which of its sheets are none."""

    lists: list[OwnList]
    left_out: list[str]


@transaction.atomic
def bring_lists(municipality: Municipality, file: IO[bytes], name: str, *, by: User) -> Brought:
    """Keep each sheet of a file as a list of its own. Refused: `too_large`, `unreadable_file`, `unsafe_file`,
    `missing_column`.
    """
    most = MOST_MEGABYTES * limits.MEGABYTE
    content = file.read(most + 1)
    if len(content) > most:
        sentence = _("Die Datei ist größer als %(limit)d MB.") % {"limit": MOST_MEGABYTES}
        raise Refused("too_large", sentence)
    tables = list(tables_in(content, name))
    seen = [table for table in tables if table.visible and sum(any(cells) for _number, cells in table.rows) > 1]
    if len(seen) < 2:  # a single one says itself what it lacks
        found = seen or [table for table in tables if table.visible][:1]
        made = [keep_list(municipality, name, found[0].rows if found else [], by=by)]
    else:
        made = [keep_list(municipality, f"{name}, {table.sheet}", table.rows, by=by) for table in seen]
    return Brought(made, [_left_out(table) for table in tables if table not in (seen or tables[:1])])


def _left_out(table: Table) -> str:
    if not table.visible:
        sentence = _(
            "Das Blatt „%(sheet)s“ ist ausgeblendet und nicht gelesen. Blenden Sie es ein, wenn es dazugehört."
        )
    else:
        sentence = _("Das Blatt „%(sheet)s“ hat unter der ersten Zeile nichts und ist nicht gelesen.")
    return sentence % {"sheet": table.sheet}


@transaction.atomic
def keep_list(municipality: Municipality, name: str, rows: Sequence[Row], *, by: User) -> OwnList:
    """Keep the rows of a table as they came, its columns guessed. Refused: `too_large`, `missing_column`."""
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if len(filled) < 2:
        raise Refused("missing_column", _("Die Liste braucht eine Zeile mit Überschriften und Zeilen darunter."))
    if len(filled) > MOST_ROWS:
        raise Refused(
            "too_large", _("Die Liste hat mehr als %(most)d Zeilen. Bitte teilen Sie sie.") % {"most": MOST_ROWS}
        )
    head_row, heads = max(filled[:_HEADS_WITHIN], key=lambda row: (sum(map(bool, row[1])), -row[0]))
    made = OwnList.objects.create(
        municipality=municipality, by=by, name=name[:255] or "?", head_row=head_row, heads=heads
    )
    OwnListRow.objects.bulk_create(OwnListRow(own_list=made, number=number, cells=cells) for number, cells in filled)
    made.columns = _remembered(made) or _guessed(made)
    made.save(update_fields=["columns"])
    return made


@transaction.atomic
def choose_heads(own_list: OwnList, row: int) -> None:
    """Another row holds the headings. ValidationError: the list has no such row, or none below it."""
    found = own_list.rows.filter(number=row).first()
    if found is None or not own_list.rows.filter(number__gt=row).exists():
        raise ValidationError(_("Eine Zeile %(row)d mit Zeilen darunter hat die Liste nicht.") % {"row": row}, "no_row")
    own_list.head_row, own_list.heads, own_list.mapped = row, found.cells, False
    own_list.columns = _remembered(own_list) or _guessed(own_list)
    own_list.save(update_fields=["head_row", "heads", "mapped", "columns"])


def columns_of(own_list: OwnList) -> list[Column]:
    """The columns with samples; one query."""
    cells = list(OwnListRow.objects.of(own_list).values_list("cells", flat=True))
    width = max([len(own_list.heads), *map(len, cells)])
    columns = []
    for place in range(width):
        texts = [each[place] for each in cells if place < len(each) and each[place]]
        head = own_list.heads[place] if place < len(own_list.heads) else ""
        samples = list(dict.fromkeys(text[:60] for text in texts))[:3]
        columns.append(Column(place, head, samples, len(texts), own_list.columns.get(str(place), "")))
    return [each for each in columns if each.head or each.filled]


@transaction.atomic
def map_columns(
    own_list: OwnList, meanings: Mapping[int, str], *, situation: Situation | None, bundle_name: str
) -> None:
    """Say what the columns mean, remember it for the next list with these headings, and match the rows by it.

    What a person has decided stays. ValidationError: neither key nor name, a meaning twice, or one there is not.
    """
    said = {place: meaning for place, meaning in meanings.items() if meaning}
    if unknown := set(said.values()) - set(MEANINGS):
        raise ValidationError(
            _("Eine solche Bedeutung gibt es nicht: %s.") % ", ".join(sorted(unknown)), "unknown_meaning"
        )
    twice = sorted({COLUMNS[each] for each in said.values() if list(said.values()).count(each) > 1})
    if twice:
        raise ValidationError(_("Nur eine Spalte kann das bedeuten: %s.") % ", ".join(twice), "twice")
    if not {"key", "name"} & set(said.values()):
        raise ValidationError(_("Bitte sagen Sie, welche Spalte den Schlüssel oder die Leistung nennt."), "no_naming")
    own_list.columns = {str(place): meaning for place, meaning in said.items()}
    own_list.mapped, own_list.situation, own_list.bundle_name = True, situation, bundle_name.strip()[:500]
    own_list.save(update_fields=["columns", "mapped", "situation", "bundle_name"])
    ListMapping.objects.update_or_create(
        municipality=own_list.municipality, fingerprint=fingerprint(own_list), defaults={"columns": own_list.columns}
    )
    _match(own_list)


def fingerprint(own_list: OwnList) -> str:
    """The headings as one value, however they are spelled and spaced."""
    return sha256("\n".join(plain_word(head) for head in own_list.heads).encode()).hexdigest()


def cells_of(row: OwnListRow, own_list: OwnList) -> dict[str, str]:
    """The cells of a row by what they mean."""
    return {
        meaning: row.cells[int(place)]
        for place, meaning in own_list.columns.items()
        if int(place) < len(row.cells) and row.cells[int(place)]
    }


def decide_row(own_list: OwnList, row: OwnListRow, outcome: str, services: Iterable[int] = ()) -> None:
    """A person's decision about a row. ValidationError: it is taken over already, or means no service there is."""
    refuse_unless_mapped(own_list)
    ids = list(dict.fromkeys(services))
    if row.taken:
        raise ValidationError(_("Diese Zeile ist schon übernommen."), code="taken")
    if (outcome == Outcome.FOUND) != bool(ids) or outcome not in Outcome.values or _meant(own_list, ids) != set(ids):
        raise ValidationError(_("Bitte wählen Sie eine Leistung, die es gibt."), code="no_service")
    if outcome == Outcome.OWN and not cells_of(row, own_list).get("name"):
        raise ValidationError(_("Eine eigene Leistung braucht einen Namen; diese Zeile hat keinen."), code="no_name")
    row.outcome, row.services = outcome, ids
    row.decided_at = timezone.now() if outcome != Outcome.OPEN else None
    row.save(update_fields=["outcome", "services", "decided_at"])


@transaction.atomic
def decide_rows(own_list: OwnList, decisions: Sequence[Decided]) -> list[OwnListRow]:
    """Several decisions, all or none. ValidationError as of `decide_row`, or the list has no such row."""
    rows = OwnListRow.objects.of(own_list).in_bulk([each.row for each in decisions])
    for each in decisions:
        if each.row not in rows:
            raise ValidationError(_("Diese Zeile hat die Liste nicht."), code="no_row")
        decide_row(own_list, rows[each.row], each.outcome, each.services)
    return list(rows.values())


def refuse_unless_mapped(own_list: OwnList) -> None:
    """ValidationError `not_mapped`: nobody has said yet what the columns mean, they are guessed only."""
    if not own_list.mapped:
        raise ValidationError(_("Bitte sagen Sie zuerst, was die Spalten bedeuten."), code="not_mapped")


def undo_last(own_list: OwnList) -> OwnListRow | None:
    """Open again the row that was decided last by hand; None where there is none that is not taken over."""
    last = OwnListRow.objects.of(own_list).filter(taken=False, decided_at__isnull=False).order_by("-decided_at").first()
    if last is not None:
        decide_row(own_list, last, Outcome.OPEN)
    return last


def lines_for(own_list: OwnList, rows: Iterable[OwnListRow], *, ours: bool) -> list[FileLine]:
    """The rows as lines of a merge, one for each service they mean; `ours`: where the list names no responsibility, the
    municipality carries them out.
    """
    rows = list(rows)
    names = dict(Service.objects.filter(pk__in={pk for row in rows for pk in row.services}).values_list("pk", "name"))
    lines: list[FileLine] = []
    for row in rows:
        said = cells_of(row, own_list)
        values = {column: text for column, text in said.items() if column not in ("key", "ozg_id", "name")}
        if ours:
            values.setdefault("responsibility", "Kommune")
        for pk in row.services:
            naming = {SERVICE: str(pk), "name": said.get("name") or names.get(pk, "")}
            lines.append(FileLine(None, row.number, naming | values, len(lines)))
    return lines


def _meant(own_list: OwnList, ids: Sequence[int]) -> set[int]:
    if not ids:
        return set()
    official = Service.objects.filter(pk__in=ids, official=True, retired_on=None).values_list("pk", flat=True)
    own = OwnService.objects.filter(municipality=own_list.municipality, service__in=ids, service__retired_on=None)
    return {*official, *own.values_list("service", flat=True)}


def _remembered(own_list: OwnList) -> dict[str, str]:
    found = ListMapping.objects.filter(municipality=own_list.municipality, fingerprint=fingerprint(own_list)).first()
    return dict(found.columns) if found else {}


def _guessed(own_list: OwnList) -> dict[str, str]:
    """By the words of the headings, and a column of 14-digit keys by what stands in it; each meaning once."""
    guessed: dict[str, str] = {}
    for column in columns_of(own_list):
        meaning = column_of(column.head) or _WORDS.get(plain_word(column.head), "")
        if not meaning and column.samples and all(keys_in(text)[0] for text in column.samples):
            meaning = "key"
        if meaning in MEANINGS and meaning not in guessed.values():
            guessed[str(column.place)] = meaning
    return guessed


def _match(own_list: OwnList) -> None:
    """Rows whose keys are all known are decided; for the others the services that may be meant are found."""
    rows = list(OwnListRow.objects.of(own_list).filter(taken=False, decided_at=None))
    said = {row.pk: cells_of(row, own_list) for row in rows}
    keys = {row.pk: keys_in(said[row.pk].get("key", "")) for row in rows}
    known = _Known(own_list.municipality, {key for found, _bad in keys.values() for key in found})
    names = names_of(own_list.municipality)
    for row in rows:
        found, bad = keys[row.pk]
        services = [known.counting[key] for key in found if key in known.counting]
        sure = bool(found) and not bad and len(services) == len(found)
        row.outcome = Outcome.FOUND if sure else Outcome.OPEN
        row.services = list(dict.fromkeys(services)) if sure else []
        row.alike = [] if sure else _may_be_meant(found, services, said[row.pk].get("name", ""), known, names)
    OwnListRow.objects.bulk_update(rows, ["outcome", "services", "alike"], batch_size=500)


class _Known:
    """The services that keys name: those that count, and the siblings of a heading or of a key that is not there."""

    def __init__(self, municipality: Municipality, keys: set[str]) -> None:
        official = Service.objects.filter(official=True, countable=True, retired_on=None)
        self.counting = {str(key): pk for key, pk in official.filter(key__in=keys).values_list("key", "pk")}
        own = OwnService.objects.filter(municipality=municipality, file_key__in=keys)
        for key, pk in own.values_list("file_key", "service"):
            self.counting.setdefault(str(key), pk)
        self.siblings: defaultdict[str, list[int]] = defaultdict(list)
        objects = {key[:8] for key in keys - self.counting.keys()}
        for key, pk in official.filter(key__isnull=False).order_by("key").values_list("key", "pk") if objects else ():
            if str(key)[:8] in objects:
                self.siblings[str(key)[:8]].append(pk)


def _may_be_meant(
    keys: Sequence[str], services: Sequence[int], name: str, known: _Known, names: Names
) -> list[tuple[int, int]]:
    """What its keys name comes first, then services of the same object, then similar names; each with its likeness."""
    alike = dict(names.most_like(name, 60)) if name else {}
    near = [pk for key in keys if key not in known.counting for pk in known.siblings[key[:8]]]
    near.sort(key=lambda pk: -alike.get(pk, 0))
    first = dict.fromkeys([*services, *near[: SUGGESTED - 1], *alike])
    return [(pk, alike.get(pk, 0)) for pk in first][:SUGGESTED]
