"""The figures once more, in plain Python over lists of events, written from the rules and not from the code.

Slow on purpose: a state is looked for among all events, for every row and every day anew.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

CONFORM, ONLINE, LEVELS = 3, 2, 5


@dataclass
class Event:
    id: int
    effective_on: date
    recorded_at: datetime
    ours: bool
    department: str | None = None  # the Fachbereich at the top
    state: str = "open"
    level: int | None = None
    planned_on: date | None = None
    cases: int | None = None
    reason: str = ""
    unclear: bool = False
    online_url: str = ""


@dataclass
class Tracked:
    key: str | None
    name: str
    bundles: dict[str, str]  # OZG id → topic
    countable: bool = True
    retired_on: date | None = None
    sdg: bool = False
    events: list[Event] = field(default_factory=list)

    def state(self, day: date, known_at: datetime) -> Event | None:
        seen = [e for e in self.events if e.effective_on <= day and e.recorded_at <= known_at]
        return max(seen, key=lambda e: (e.effective_on, e.id), default=None)

    def counts(self, day: date, known_at: datetime) -> bool:
        """In R: ours, countable and not retired."""
        state = self.state(day, known_at)
        gone = self.retired_on is not None and self.retired_on <= day
        return bool(state and state.ours and self.countable and not gone)

    def service(self) -> dict[str, Any]:
        return {"key": self.key, "ozg_id": min(self.bundles, default=None), "name": self.name}


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def earlier(year: int, month: int, back: int = 1) -> tuple[int, int]:
    for _ in range(back):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return year, month


def _later(year: int, month: int, months: int) -> tuple[int, int]:
    return year + (month + months - 1) // 12, (month + months - 1) % 12 + 1


def in_order(rows):
    return sorted(rows, key=lambda r: (r.key is None, r.key or "", r.name, min(r.bundles, default="")))


def is_ready(event: Event) -> bool:
    return event.level is not None and event.level >= CONFORM


class Oracle:
    def __init__(self, rows: list[Tracked], year: int, month: int, known_at: datetime):
        self.rows, self.year, self.month, self.known_at = in_order(rows), year, month, known_at
        self.day = month_end(year, month)
        self.before = month_end(*earlier(year, month))
        self.counted = [r for r in self.rows if r.counts(self.day, known_at)]

    def now(self, row: Tracked) -> Event:
        return row.state(self.day, self.known_at)

    def part(self, rows: list[Tracked]) -> dict[str, Any]:
        levels = {str(n): 0 for n in range(LEVELS)}
        for row in rows:
            if self.now(row).level is not None:
                levels[str(self.now(row).level)] += 1
        return {
            "relevant": len(rows),
            "ready": sum(is_ready(self.now(r)) for r in rows),
            "not_rated": sum(self.now(r).level is None for r in rows),
            "levels": levels,
        }

    def totals(self) -> dict[str, Any]:
        states = dict.fromkeys(["open", "planned", "in_progress", "done", "blocked"], 0)
        for row in self.counted:
            states[self.now(row).state] += 1
        rated = [row for row in self.counted if self.now(row).level is not None]
        return self.part(self.counted) | {
            "rated": len(rated),
            "not_rated": len(self.counted) - len(rated),
            "states": states,
        }

    def rates(self) -> dict[str, Any]:
        ids = {ozg_id for row in self.counted for ozg_id in row.bundles}
        members = {ozg_id: [self.now(r) for r in self.counted if ozg_id in r.bundles] for ozg_id in ids}
        online = [i for i in ids if [e for e in members[i] if e.level is not None and e.level >= ONLINE]]
        complete = [i for i in ids if not [e for e in members[i] if not is_ready(e)]]
        known = [self.now(r) for r in self.counted if self.now(r).cases is not None]
        return {
            "services_ready": {
                "numerator": sum(is_ready(self.now(r)) for r in self.counted),
                "denominator": len(self.counted),
            },
            "bundles_online": {"numerator": len(online), "denominator": len(ids)},
            "bundles_complete": {"numerator": len(complete), "denominator": len(ids)},
            "cases_ready": {
                "numerator": sum(e.cases for e in known if is_ready(e)),
                "denominator": sum(e.cases for e in known),
                "known_rows": len(known),
            },
        }

    def by_topic(self) -> list[dict[str, Any]]:
        topics = sorted({topic for row in self.counted for topic in row.bundles.values()})
        return [{"topic": t, **self.part([r for r in self.counted if t in r.bundles.values()])} for t in topics]

    def by_department(self) -> list[dict[str, Any]]:
        names = {self.now(row).department for row in self.counted}
        ordered = sorted(n for n in names if n is not None) + [None] * (None in names)
        return [
            {"department": n, **self.part([r for r in self.counted if self.now(r).department == n])} for n in ordered
        ]

    def movement(self) -> dict[str, list[dict[str, Any]]]:
        lists = {
            n: []
            for n in ["newly_ready", "improved", "regressed", "first_rated", "newly_ours", "no_longer_ours", "retired"]
        }
        for row in self.rows:
            was, now = row.counts(self.before, self.known_at), row.counts(self.day, self.known_at)
            old, new = row.state(self.before, self.known_at), row.state(self.day, self.known_at)
            before, after = old and old.level, new and new.level
            rank = [-1 if level is None else level for level in (before, after)]
            if now and not was:
                name = "newly_ours"
            elif was and not now:
                name = "retired" if new.ours else "no_longer_ours"
            elif not was or rank[0] == rank[1]:
                continue
            elif before is None:
                name = "first_rated"
            elif rank[0] < CONFORM <= rank[1]:
                name = "newly_ready"
            else:
                name = "improved" if rank[1] > rank[0] else "regressed"
            entry = row.service() | {"from": before, "to": after, "reason": new.reason}
            lists[name].append(entry | ({"ready": is_ready(new)} if name == "first_rated" else {}))
        return lists

    def throughput(self) -> list[dict[str, Any]]:
        """What became ready less what fell back, of the last twelve months that began with half of all rated."""
        first = min(
            (e.effective_on for r in self.rows for e in r.events if e.recorded_at <= self.known_at), default=self.day
        )
        ends, at = [], (self.year, self.month)
        while month_end(*at) >= first:
            ends, at = [month_end(*at), *ends], earlier(*at)
        taken_stock, found = False, []
        for before, day in pairwise(ends):
            counted = [r.state(before, self.known_at) for r in self.rows if r.counts(before, self.known_at)]
            taken_stock |= bool(counted) and 2 * sum(e.level is not None for e in counted) >= len(counted)
            if taken_stock:
                found.append({"month": f"{day:%Y-%m}", "count": self._brought(before, day)})
        return found[-12:]

    def _brought(self, before: date, day: date) -> int:
        count = 0
        for row in self.rows:
            if row.counts(before, self.known_at) and row.counts(day, self.known_at):
                old, new = row.state(before, self.known_at), row.state(day, self.known_at)
                count += old.level is not None and is_ready(new) and not is_ready(old)
                count -= is_ready(old) and not is_ready(new)
        return count

    def trend(self, length: int) -> list[dict[str, Any]]:
        found = []
        for back in range(length - 1, -1, -1):
            year, month = earlier(self.year, self.month, back)
            day = month_end(year, month)
            counted = [r for r in self.rows if r.counts(day, self.known_at)]
            ready = sum(is_ready(r.state(day, self.known_at)) for r in counted)
            found.append({"month": f"{year}-{month:02d}", "relevant": len(counted), "ready": ready})
        return found

    def deadline(self, name: str, day: date, scope: str, bundles: set[str]) -> dict[str, Any]:
        rows = [
            r
            for r in self.counted
            if scope == "all" or (scope == "sdg" and r.sdg) or (scope == "bundles" and bundles & set(r.bundles))
        ]
        known = scope != "sdg" or any(r.sdg for r in self.rows)
        return {
            "name": name,
            "date": day.isoformat(),
            "days_left": day.toordinal() - self.day.toordinal(),
            "in_scope": len(rows) if known else None,
            "open": sum(not is_ready(self.now(r)) for r in rows) if known else None,
        }

    def questions(self, deadline: date) -> dict[str, list[dict[str, Any]]]:
        online = [r for r in self.counted if is_ready(self.now(r))]
        left = [r for r in self.counted if not is_ready(self.now(r))]
        in_time = [
            r for r in left if self.day <= deadline and self.now(r).planned_on and self.now(r).planned_on <= deadline
        ]
        return {
            "planned_or_started": [r.service() for r in left if self.now(r).state in ("planned", "in_progress")],
            "online_now": [r.service() for r in online],
            "by_deadline": [r.service() for r in in_time],
            "not_by_deadline": [r.service() for r in left if r not in in_time],
        }

    def promises(self) -> dict[str, Any]:
        outcomes = []
        for row in self.counted:
            old, now = row.state(self.before, self.known_at), self.now(row)
            if row.counts(self.before, self.known_at) and not is_ready(old) and self._in_month(old.planned_on):
                kept, same = is_ready(now), old.planned_on == now.planned_on
                outcomes.append((row.service(), "kept" if kept else "open" if same else "moved"))
        return {"due": len(outcomes), "rows": outcomes} | {
            each: sum(outcome == each for _service, outcome in outcomes) for each in ("kept", "moved", "open")
        }

    def _in_month(self, day: date | None) -> bool:
        return day is not None and (day.year, day.month) == (self.year, self.month)

    def next(self) -> list[dict[str, Any]]:
        ahead = [_later(self.year, self.month, n) for n in (1, 2, 3)]
        planned = [(r, self.now(r).planned_on) for r in self.counted if not is_ready(self.now(r))]
        return [r.service() for r, day in planned if day and (day.year, day.month) in ahead]

    def late(self) -> tuple[list[Any], list[Any]]:
        left = [r for r in self.counted if not is_ready(self.now(r))]
        passed = [r.service() for r in left if self.now(r).planned_on and self.now(r).planned_on < self.day]
        return passed, [r.service() for r in left if self.now(r).state == "blocked"]

    def unclear(self) -> dict[str, int]:
        rows = [r for r in self.rows if r.countable and not (r.retired_on and r.retired_on <= self.day)]
        unclear = [self.now(r) for r in rows if self.now(r) and self.now(r).unclear]
        return {"count": len(unclear), "ready": sum(map(is_ready, unclear))}

    def services(self) -> list[dict[str, Any]]:
        return [
            row.service()
            | {
                "topics": sorted(set(row.bundles.values())),
                "bundles": sorted(row.bundles),
                "department": self.now(row).department,
                "state": self.now(row).state,
                "level": self.now(row).level,
                "model": None,
                "ready": is_ready(self.now(row)),
                "planned_on": self.now(row).planned_on and self.now(row).planned_on.isoformat(),
                "cases": self.now(row).cases,
            }
            for row in self.counted
        ]

    def quality(self) -> dict[str, int]:
        states = [self.now(r) for r in self.counted]
        left = [s for s in states if not is_ready(s)]
        unclear = [r for r in self.rows if r.countable and not (r.retired_on and r.retired_on <= self.day)]
        return {
            "cases_unknown": sum(s.cases is None for s in states),
            "no_department": sum(s.department is None for s in states),
            "not_rated": sum(s.level is None for s in states),
            "other_model": 0,
            "planned_passed": sum(s.planned_on is not None and s.planned_on < self.day for s in left),
            "planned_without_date": sum(s.state == "planned" and s.planned_on is None for s in left),
            "ready_without_address": sum(is_ready(s) and not s.online_url for s in states),
            "responsibility_unclear": sum(bool(self.now(r) and self.now(r).unclear) for r in unclear),
        }
