"""What outside sources said of each service by the month's end, as known at an instant; by the rules of `claims`."""

from datetime import date, datetime
from typing import NamedTuple

from ozg_tracker.tracking.models import Evidence
from ozg_tracker.tracking.rows.as_of import as_of_params
from ozg_tracker.tracking.rows.claims import Verdict
from reports.figures.sql import query

BROKEN, NONE = "broken", "none"


class Proofs(NamedTuple):
    """Whether the newest entry of a row is online, in the directory and by the check of its address; `taken_in`:
    whether a directory was taken in at all.
    """

    directory: dict[int, bool]
    link: dict[int, bool]

    def of(self, row_id: int, *, ready: bool) -> str:
        """`agree`, `claimed_not_public`, `public_not_claimed`, `broken` (nothing proves it, and its address does not
        answer) or `none` (nothing is known, or no directory was taken in).
        """
        public = self.directory.get(row_id)
        if public:
            return Verdict.AGREE if ready else Verdict.PUBLIC_NOT_CLAIMED
        if ready and self.link.get(row_id) is False:
            return BROKEN
        if ready and self.directory:
            return Verdict.CLAIMED_NOT_PUBLIC
        return NONE if public is None else Verdict.AGREE


def proofs_of(municipality_id: int, cutoff: date, known_at: datetime) -> Proofs:
    """Of the lines of one day one that is online counts; one query."""
    sql = """
        SELECT evidence.row_id, evidence.kind, evidence.online
        FROM tracking_evidence evidence JOIN tracking_municipalservice r ON r.id = evidence.row_id
        WHERE r.municipality_id = %(municipality)s AND evidence.found_on <= %(day)s
          AND evidence.recorded_at <= %(known_at)s
        ORDER BY evidence.found_on, evidence.online, evidence.id"""
    newest: dict[str, dict[int, bool]] = {Evidence.Kind.DIRECTORY: {}, Evidence.Kind.LINK_CHECK: {}}
    for row_id, kind, online in query(sql, as_of_params(municipality_id, cutoff, known_at)):
        if kind in newest:
            newest[kind][row_id] = bool(online)
    return Proofs(newest[Evidence.Kind.DIRECTORY], newest[Evidence.Kind.LINK_CHECK])


def proven(rows: list[dict[str, object]]) -> dict[str, int]:
    """Of the `services` that are ready, those that the public directory proves."""
    ready = [each for each in rows if each["ready"]]
    return {"numerator": sum(1 for each in ready if each["proof"] == Verdict.AGREE), "denominator": len(ready)}
