"""Turns records into the catalogue a file describes, and says what is wrong with each row.

A row with an error is left out. A service is told by its key, else by bundle and name. Several rows of one service add
up as long as they do not contradict each other: it may stand in several bundles, and an empty cell says nothing. Rows
that contradict each other are all left out, since nothing tells which is right.
"""

from dataclasses import dataclass, field
from itertools import islice

from catalog.importing import limits
from catalog.importing.keys import BadKey, key_of, ozg_id_of
from catalog.importing.problems import Problem, Refused
from catalog.importing.records import FACTS, Record, Source, Table
from catalog.importing.types import Types

Facts = tuple[str | None, ...]  # in the order of FACTS; None: the file does not say


@dataclass(slots=True)
class Draft:
    """A service as the file describes it; `ozg_ids` is None where the file does not speak of bundles."""

    key: str | None
    facts: Facts
    ozg_ids: dict[str, None] | None
    row: int
    mentioned: bool = True  # False: not in the file, looked at because its neighbours are


@dataclass(slots=True)
class BundleDraft:
    """A bundle as the file describes it, and where it does so first; None or empty: the file does not say."""

    name: str | None
    topic: str | None
    situation: str | None
    sheet: str | None
    row: int
    column: str


@dataclass
class Checked:
    """The file as a catalogue: services by identity, bundles by OZG id, what was left out, and the problems."""

    rows: int = 0
    services: dict[str, Draft] = field(default_factory=dict)
    bundles: dict[str, BundleDraft] = field(default_factory=dict)
    speaks_of_bundles: bool = False
    skipped: set[str] = field(default_factory=set)  # identities and names of the services meant by rows with errors
    skipped_bundles: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def check(source: Source, types: Types) -> Checked:
    """Read the whole source. Raises Refused for a file that cannot be taken at all."""
    found, contradicted = Checked(), set[str]()
    for table in source.tables:
        found.speaks_of_bundles |= "ozg_id" in table.columns
        _Sheet(table, types, found, contradicted).read()
    if not found.rows:
        raise Refused("unreadable_file", "Unter der Kopfzeile stehen keine Leistungen. Bitte prüfen, ob Zeilen fehlen.")
    for identity in contradicted:
        del found.services[identity]
    return found


class _Sheet:
    """One table on its way into `found`."""

    def __init__(self, table: Table, types: Types, found: Checked, contradicted: set[str]) -> None:
        self.table, self.types, self.found, self.contradicted = table, types, found, contradicted
        self.ozg_ids: dict[str, str] = {}
        self.bundles: set[tuple[str | None, ...]] = set()

    def read(self) -> None:
        left = limits.ROWS - self.found.rows
        for record in islice(self.table.records, left):
            self.found.rows += 1
            self.take(record)
        if next(self.table.records, None) is not None:
            raise Refused(
                "too_large",
                f"Die Datei hat mehr als {limits.ROWS} Zeilen, ein Vielfaches des Katalogs. Bitte prüfen, ob es die "
                "richtige Datei ist.",
                sheet=self.table.sheet,
            )

    def take(self, record: Record) -> None:
        """Add one row to the catalogue, or leave it out with an error."""
        name = record.name or ""
        try:
            key = self.key(record)
        except BadKey as error:
            return self.leave_out(record, name, "invalid_key", "key", str(error))
        try:
            ozg_id = self.ozg_id(record)
        except BadKey as error:
            return self.leave_out(record, key or name, "invalid_key", "ozg_id", str(error))
        identity = key or f"{ozg_id or ''}:{name}"
        if not name:
            message = "Der Name der Leistung fehlt. Bitte in der Datei ergänzen."
            return self.leave_out(record, identity, "missing_name", "name", message)
        if long := _too_long(record):
            return self.leave_out(record, identity, "too_large", *long)
        if ozg_id is not None and not self.bundle(record, ozg_id):
            message = f"Die OZG-ID {ozg_id} steht weiter oben mit einem anderen Namen. Bitte beide Zeilen vergleichen."
            return self.leave_out(record, identity, "conflicting_duplicate", "bundle", message)
        if key is None:
            self.warn_of_missing_key(record)
        return self.add(record, identity, key, ozg_id)

    def key(self, record: Record) -> str | None:
        text = record.key or ""
        if len(text) == 14 and text.isdecimal() and text.isascii() and text[5:8] != "000":
            return text
        return key_of(text)

    def ozg_id(self, record: Record) -> str | None:
        """The row's OZG id; None where the file or the row speaks of no bundle."""
        text = record.ozg_id
        if not text and not record.bundle:
            return None
        text = text or ""
        if text not in self.ozg_ids:
            self.ozg_ids[text] = ozg_id_of(text)
        return self.ozg_ids[text]

    def bundle(self, record: Record, ozg_id: str) -> bool:
        """Learn what the row says of its bundle; False where that contradicts another row."""
        said = (ozg_id, record.bundle, record.topic, record.situation)
        if said in self.bundles:
            return True
        known = self.found.bundles.get(ozg_id)
        if known is None:
            place = self.table.sheet, record.number, self.word("ozg_id")
            self.found.bundles[ozg_id] = BundleDraft(record.bundle, record.topic, record.situation, *place)
        elif record.bundle and known.name and record.bundle != known.name:
            return False
        else:
            known.name = known.name or record.bundle
            if not known.situation:  # else: a bundle can be secondary in a second Lage; the first one is its own
                known.topic, known.situation = record.topic or known.topic, record.situation
        self.bundles.add(said)
        return True

    def type_codes(self, record: Record) -> str | None:
        if record.types is None:
            return None
        codes, sentence = self.types[record.types]
        if sentence:
            self.problem(record, "unknown_type", "types", sentence, "warning")
        return codes

    def add(self, record: Record, identity: str, key: str | None, ozg_id: str | None) -> None:
        facts = (record.name, record.name2, self.type_codes(record), *record[5:9])
        before = self.found.services.get(identity)
        if before is None:
            ids = None if record.ozg_id is None else {} if ozg_id is None else {ozg_id: None}
            self.found.services[identity] = Draft(key, facts, ids, record.number)
            return
        if contradiction := _contradiction(before.facts, facts):
            self.contradicted.add(identity)
            self.leave_out(
                record, identity, "conflicting_duplicate", contradiction, self.conflict(before, contradiction)
            )
            return
        before.facts = tuple(new or old for old, new in zip(facts, before.facts, strict=True))
        if ozg_id is None or ozg_id in (before.ozg_ids or {}):
            message = f"Die Leistung steht schon in Zeile {before.row}; diese bleibt. Bitte die zweite Zeile löschen."
            self.problem(record, "duplicate_row", "key", message, "warning")
            return
        before.ozg_ids = (before.ozg_ids or {}) | {ozg_id: None}

    def conflict(self, before: Draft, fact: str) -> str:
        what = f"Schlüssel {before.key}" if before.key else "Leistung ohne Schlüssel"
        return (
            f"{what}: „{self.word(fact)}“ widerspricht Zeile {before.row}. Keine der beiden Zeilen wird geladen. "
            "Bitte mit der Quelle vergleichen und eine berichtigen."
        )

    def warn_of_missing_key(self, record: Record) -> None:
        message = "Die Leistung hat keinen LeiKa-Schlüssel. Sie wird geladen und später an Bündel und Name erkannt."
        self.problem(record, "no_leika_key", "key", message, "warning")

    def leave_out(self, record: Record, meant: str, code: str, column: str, message: str) -> None:
        self.found.skipped.add(meant)
        if record.ozg_id:
            self.found.skipped_bundles.add(self.ozg_ids.get(record.ozg_id, record.ozg_id))
        self.problem(record, code, column, message)

    def problem(self, record: Record, code: str, column: str, message: str, severity: str = "error") -> None:
        sheet, word = self.table.sheet, self.word(column)
        self.found.problems.append(Problem(code, message, severity, sheet, record.number, word))

    def word(self, column: str) -> str:
        """The file's own word for a column."""
        return self.table.columns.get(column) or self.table.columns.get("ozg_id") or column


def _too_long(record: Record) -> tuple[str, str] | None:
    for name, most in limits.LENGTHS.items():
        cell = getattr(record, name)
        if cell is not None and len(cell) > most:
            return name, f"Der Text hat {len(cell)} Zeichen, möglich sind {most}. Bitte kürzen."
    return None


def _contradiction(before: Facts, after: Facts) -> str | None:
    """The first fact in which two rows of one service differ; an empty cell differs from nothing."""
    for fact, one, other in zip(FACTS, before, after, strict=True):
        if one and other and one != other:
            return fact
    return None
