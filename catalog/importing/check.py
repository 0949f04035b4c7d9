"""Turns records into the catalogue a file describes, and says what is wrong with each row.

A row with an error is left out. A service is told by its key, else by bundle and name. Several rows of one service add
up as long as they do not contradict each other: it may stand in several bundles, and an empty cell says nothing. Rows
that contradict each other are all left out, since nothing tells which is right.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.importing import limits
from catalog.importing.keys import BadKey, is_key, key_of, keys_in, ozg_id_of
from catalog.importing.problems import Problem, Refused
from catalog.importing.records import FACTS, Record, Table
from catalog.importing.spelling import folded, keyless_identity, same
from catalog.importing.types import Types

_NO_KEY = gettext_lazy(
    "Die Leistung hat keinen LeiKa-Schlüssel. Sie wird geladen und später an Bündel und Name erkannt; "
    "zu tun ist nichts."
)
_NO_BUNDLE = gettext_lazy(
    "Die Zeile nennt keine OZG-Leistung, andere Zeilen schon. Die Leistung stünde danach in keinem Bündel. Bitte "
    "OZG-ID und OZG-Leistung ergänzen."
)
_NO_SERVICE = gettext_lazy(
    "Die Zeile hat einen Namen und sonst nichts, wie eine Summe oder Überschrift. Sie wird nicht als Leistung geladen."
)
PLACE = ("bundle", "topic", "situation")
Facts = tuple[str | None, ...]  # in the order of FACTS; None: the file does not say


@dataclass(slots=True)
class Draft:
    """A service as the file describes it; `ozg_ids` is None where the file does not speak of bundles."""

    key: str | None
    facts: Facts
    ozg_ids: dict[str, None] | None
    row: int
    sheet: str | None = None
    mentioned: bool = True  # False: not in the file, looked at because its neighbours are

    def with_further(self, other: "Draft") -> "Draft":
        """The same service as two rows describe it."""
        ids = (self.ozg_ids or {}) | (other.ozg_ids or {})
        return replace(self, facts=_filled(self.facts, other.facts), ozg_ids=ids)


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
    lacking: int = 0  # how many services the file itself says it does not hold
    unkeyed: set[str] = field(default_factory=set)  # identities of services whose key cell is empty
    successions: dict[tuple[str, str], None] = field(default_factory=dict)  # identities, before → after
    skipped: set[str] = field(default_factory=set)  # identities and names of the services meant by rows with errors
    skipped_bundles: set[str] = field(default_factory=set)  # OZG ids and folded names of their bundles
    problems: list[Problem] = field(default_factory=list)

    def tell_of_lost_key(self, draft: Draft) -> None:
        """Say of a row without key that its service has one, instead of that it has none."""
        for place, told in enumerate(self.problems):
            if (told.code, told.sheet, told.row) == ("no_leika_key", draft.sheet, draft.row):
                message = _(
                    "Der Schlüssel fehlt. Am Namen erkannt als %(key)s; die Leistung behält ihn. Bitte in der Datei "
                    "ergänzen."
                ) % {"key": draft.key}
                self.problems[place] = replace(told, code="lost_key", message=message)


def check(tables: Iterable[Table], types: Types) -> Checked:
    """Look at every row. Refused: a file without any."""
    found, contradicted = Checked(), set[str]()
    announced = reached = number = 0
    for table in tables:
        sheet = _Sheet(table, types, found, contradicted)
        found.speaks_of_bundles |= sheet.expects_bundle
        for record in table.records:
            found.rows += 1
            sheet.take(record)
            number = record.number
        sheet.warn_of_missing_bundles()
        announced, reached = max(announced, table.announced or 0), reached + number
    if not found.rows:
        raise Refused(
            "unreadable_file", _("Unter der Kopfzeile stehen keine Leistungen. Bitte prüfen, ob Zeilen fehlen.")
        )
    for identity in contradicted:
        del found.services[identity]
    found.lacking = max(0, announced - reached)
    return found


class _Sheet:
    """One table on its way into `found`."""

    def __init__(self, table: Table, types: Types, found: Checked, contradicted: set[str]) -> None:
        self.table, self.types, self.found, self.contradicted = table, types, found, contradicted
        self.expects_bundle = "ozg_id" in table.columns and table.all_bundles
        self.without: list[Record] = []  # rows without a bundle, in a sheet in which others have one
        self.bundles: dict[tuple[str | None, ...], str] = {}  # what rows say of their bundle → its OZG id
        self.elsewhere: set[tuple[str | None, ...]] = set()  # of these, those with another Lage than the bundle's own

    def take(self, record: Record) -> None:
        """Add one row to the catalogue, or leave it out with an error."""
        name, key, place = record.name or "", record.key or "", record.place
        if not is_key(key):
            try:
                key = key_of(key) or ""
            except BadKey as error:
                return self.leave_out(record, name, "invalid_key", "key", str(error))
        ozg_id = self.bundles.get(place)
        is_known = ozg_id is not None
        if ozg_id is None:
            try:
                ozg_id = ozg_id_of(record.ozg_id or "") if record.ozg_id or record.bundle else ""
            except BadKey as error:
                if self.table.all_bundles:
                    return self.leave_out(record, key or name, "invalid_key", "ozg_id", str(error))
                record, ozg_id = self.without_bundle(record, str(error)), ""
        identity = key or keyless_identity(ozg_id, name)
        if not key and is_total(record):
            return self.warn(record, "no_service", "name", _NO_SERVICE)
        if not name:
            message = _("Der Name der Leistung fehlt. Bitte in der Datei ergänzen.")
            return self.leave_out(record, identity, "missing_name", "name", message)
        long = None if _surely_short(record) else _too_long(record, FACTS)
        if long := long or (None if is_known else _too_long(record, PLACE)):
            return self.leave_out(record, identity, "too_large", *long)
        if not is_known and not self.learn_bundle(record, ozg_id):
            message = _(
                "Die OZG-ID %(ozg_id)s steht weiter oben mit einem anderen Namen. Bitte beide Zeilen vergleichen."
            ) % {"ozg_id": ozg_id}
            return self.leave_out(record, identity, "conflicting_duplicate", "bundle", message)
        if not key:
            self.warn(record, "no_leika_key", "key", _NO_KEY)
            if not record.key:
                self.found.unkeyed.add(identity)
        if not ozg_id and self.expects_bundle:
            self.without.append(record)
        if record.successors or record.replaces:
            self.learn_successions(record, identity)
        return self.add(record, identity, key or None, ozg_id)

    def learn_bundle(self, record: Record, ozg_id: str) -> bool:
        """Learn what the row says of its bundle, if of any; False where that contradicts another row."""
        known = self.found.bundles.get(ozg_id)
        if known is None and ozg_id:
            place = self.table.sheet, record.number, self.word("ozg_id")
            self.found.bundles[ozg_id] = BundleDraft(record.bundle, record.topic, record.situation, *place)
        elif known is not None:
            if record.bundle and known.name and not same(record.bundle, known.name):
                return False
            known.name = known.name or record.bundle
            self.warn_of_second_situation(record, known)
            if not known.situation:  # else: a bundle can be secondary in a second Lage; the first one is its own
                known.topic, known.situation = record.topic or known.topic, record.situation
        self.bundles[record.place] = ozg_id
        return True

    def learn_successions(self, record: Record, identity: str) -> None:
        """Keys that cannot be read are left out with a warning: the row itself is right."""
        for column in ("successors", "replaces"):
            keys, bad = keys_in(getattr(record, column) or "")
            for each in keys:
                pair = (identity, each) if column == "successors" else (each, identity)
                if each != identity:
                    self.found.successions[pair] = None
            if bad:
                message = _("%(why)s Die Nachfolge bleibt außen vor.") % {"why": bad[0]}
                self.problem(record, "invalid_successor", column, message, "warning")

    def add(self, record: Record, identity: str, key: str | None, ozg_id: str) -> None:
        codes = record.types
        if codes:
            codes, sentence = self.types[codes]
            if sentence:
                self.problem(record, "unknown_type", "types", sentence, "warning")
        facts = (record.name, record.name2, codes, record.legal_basis, record.law, record.synonyms, record.sdg)
        before = self.found.services.get(identity)
        if before is None:
            ids = None if record.ozg_id is None else {ozg_id: None} if ozg_id else {}
            self.found.services[identity] = Draft(key, facts, ids, record.number, self.table.sheet)
        elif contradiction := _contradiction(before.facts, facts):
            self.contradicted.add(identity)
            message = self.conflict(before, contradiction)
            self.leave_out(record, identity, "conflicting_duplicate", contradiction, message)
        else:
            self.add_to(before, record, facts, ozg_id)

    def add_to(self, before: Draft, record: Record, facts: Facts, ozg_id: str) -> None:
        """One more row of a service: its empty cells are filled, a further bundle is one more link."""
        before.facts = _filled(before.facts, facts)
        if ozg_id and ozg_id not in (before.ozg_ids or {}):
            before.ozg_ids = (before.ozg_ids or {}) | {ozg_id: None}
            return
        if record.place in self.elsewhere:
            return
        message = _("Die Leistung steht schon in Zeile %(row)s; diese bleibt. Bitte die zweite Zeile löschen.") % {
            "row": before.row
        }
        self.problem(record, "duplicate_row", "key", message, "warning")

    def conflict(self, before: Draft, fact: str) -> str:
        what = f"Schlüssel {before.key}" if before.key else "Leistung ohne Schlüssel"
        return _(
            "%(what)s: „%(fact)s“ widerspricht Zeile %(row)s. Keine der beiden Zeilen wird "
            "geladen. Bitte mit der Quelle vergleichen und eine berichtigen."
        ) % {"what": what, "fact": self.word(fact), "row": before.row}

    def without_bundle(self, record: Record, why: str) -> Record:
        """A bundle that cannot be read costs a service nothing where the source names bundles in passing only."""
        message = _("%(why)s Die Leistung wird ohne diese OZG-Leistung geladen.") % {"why": why}
        self.warn(record, "invalid_key", "ozg_id", message)
        return record._replace(ozg_id=None, bundle=None)

    def warn_of_missing_bundles(self) -> None:
        """Where no row names a bundle, the file does not speak of them row by row."""
        if self.bundles.keys() - {record.place for record in self.without}:
            for record in self.without:
                self.warn(record, "missing_bundle", "ozg_id", _NO_BUNDLE)

    def warn_of_second_situation(self, record: Record, known: BundleDraft) -> None:
        if not (known.situation and record.situation) or same(record.situation, known.situation):
            return
        self.elsewhere.add(record.place)
        message = _(
            "Die OZG-Leistung %(name)s steht schon unter der Lage „%(first)s“; diese gilt. Die weitere Lage "
            "„%(second)s“ wird nicht gespeichert; zu tun ist nichts."
        ) % {"name": record.ozg_id, "first": known.situation, "second": record.situation}
        self.warn(record, "second_situation", "situation", message)

    def leave_out(self, record: Record, meant: str, code: str, column: str, message: str) -> None:
        self.found.skipped.add(meant)
        if record.ozg_id:
            self.found.skipped_bundles.add(self.bundles.get(record.place, record.ozg_id))
        if record.bundle:
            self.found.skipped_bundles.add(folded(record.bundle))
        self.problem(record, code, column, message)

    def problem(self, record: Record, code: str, column: str, message: str, severity: str = "error") -> None:
        sheet, word = self.table.sheet, self.word(column)
        self.found.problems.append(Problem(code, message, severity, sheet, record.number, word))

    def warn(self, record: Record, code: str, column: str, message: Any) -> None:
        self.problem(record, code, column, str(message), "warning")

    def word(self, column: str) -> str:
        """The file's own word for a column."""
        return self.table.columns.get(column) or self.table.columns.get("ozg_id") or column


def is_total(record: Record) -> bool:
    """Whether the row has a name and nothing else: a total, a heading, a note, but no service.

    A key said not to exist is said; Themenfeld and Lage may be merged down to it from above.
    """
    said = record.key or record.name2 or record.types or record.legal_basis or record.law or record.synonyms
    return not (said or record.sdg or record.ozg_id or record.bundle)


def _too_long(record: Record, fields: Iterable[str]) -> tuple[str, str] | None:
    """The first of `fields` that is longer than the database takes, with a sentence."""
    for name in fields:
        cell, most = getattr(record, name), limits.LENGTHS[name]
        if cell is not None and len(cell) > most:
            return name, _("Der Text hat mehr als %(most)s Zeichen. Bitte kürzen.") % {"most": most}
    return None


def _surely_short(record: Record) -> bool:
    """Whether no fact can be too long: true for most rows, and told faster than by looking at each."""
    if len(record.types or "") > limits.LENGTHS["types"] or len(record.sdg or "") > limits.LENGTHS["sdg"]:
        return False
    return len("".join(filter(None, record.facts))) <= limits.LENGTHS["name"]


def _filled(first: Facts, further: Facts) -> Facts:
    """The facts of one row, its empty cells filled from another."""
    return tuple(one or other for one, other in zip(first, further, strict=True))


def _contradiction(before: Facts, after: Facts) -> str | None:
    """The first fact in which two rows of one service differ; an empty cell differs from nothing."""
    for fact, one, other in zip(FACTS, before, after, strict=True):
        if one and other and not same(one, other):
            return fact
    return None
