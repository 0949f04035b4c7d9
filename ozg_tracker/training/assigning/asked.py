"""What the rules ask for, as sets in the database: who lacks a task, whose is asked for by no rule any more, whose is
asked for sooner. The same steps plan a run and a preview, whatever rules they are given; nothing is written but
temporary tables, which take no lock of SQLite's. Few statements, however many people, rules and tasks there are.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection

from ozg_tracker.accounts.models import Deed, Municipality, who_may
from ozg_tracker.training.assigning.periods import add_months, opened_before
from ozg_tracker.training.assigning.rules import Rule, targets_of
from ozg_tracker.training.models import Course, Exemption

_TABLES = ("rule", "named", "target", "tree", "person", "wish", "owned", "missing", "changed", "before")
OPEN = "t.completed_on IS NULL AND t.withdrawn_on IS NULL"

_TREE = """WITH RECURSIVE t(root, id) AS (
  SELECT department_id, department_id FROM asked_rule WHERE department_id IS NOT NULL
  UNION SELECT department_id, department_id FROM asked_target WHERE department_id IS NOT NULL
  UNION SELECT t.root, d.id FROM t JOIN accounts_department d ON d.parent_id = t.id)
SELECT root, id FROM t"""
_PERSON = """SELECT m.user_id, m.role, coalesce(m.department_id, 0) AS department_id
FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
WHERE m.municipality_id = %(municipality)s AND m.role IN ({roles}) AND u.is_active
  AND NOT u.is_service"""
# Rules meet the few kinds of people there are, not the people.
_WISH = """SELECT role, department_id, course_id, rule_id, due_within, ahead FROM (
  SELECT p.role, p.department_id, r.course_id, r.rule_id, r.due_within, r.ahead, row_number() OVER (
    PARTITION BY p.role, p.department_id, r.course_id ORDER BY r.due_within, r.rule_id) AS n
  FROM (SELECT DISTINCT role, department_id FROM asked_person) p JOIN asked_rule r
    ON NOT r.by_service AND NOT r.named AND {fits}) ranked WHERE n = 1"""
# What meets people one by one: who is responsible for a service, who works where it goes live, whom a rule names.
_OWNED = """SELECT user_id, course_id, rule_id, due_within, follows_on, ahead FROM (
  SELECT p.user_id, r.course_id, r.rule_id, one.due_within, one.follows_on, r.ahead, row_number() OVER (
    PARTITION BY p.user_id, r.course_id ORDER BY one.due_within, r.rule_id, one.follows_on) AS n
  FROM (SELECT g.rule_id, g.owner_id AS user_id, g.due_within, g.follows_on FROM asked_target g
      WHERE g.owner_id IS NOT NULL
    UNION ALL SELECT g.rule_id, p.user_id, g.due_within, g.follows_on FROM asked_target g
      JOIN asked_tree t ON t.root = g.department_id JOIN asked_person p ON p.department_id = t.id
    UNION ALL SELECT e.rule_id, e.user_id, r.due_within, {none} FROM asked_named e
      JOIN asked_rule r ON r.rule_id = e.rule_id WHERE NOT r.by_service) one
  JOIN asked_rule r ON r.rule_id = one.rule_id JOIN asked_person p ON p.user_id = one.user_id AND {fits}
  WHERE NOT r.named OR EXISTS (
    SELECT 1 FROM asked_named e WHERE e.rule_id = r.rule_id AND e.user_id = one.user_id)) ranked
WHERE n = 1"""
_FITS = """(r.role = '' OR r.role = p.role) AND (r.department_id IS NULL OR EXISTS (
    SELECT 1 FROM asked_tree t WHERE t.root = r.department_id AND t.id = p.department_id))"""
_MISSING = """SELECT row_number() OVER (ORDER BY user_id, course_id) AS n, user_id, course_id, rule_id, due_within,
  follows_on
FROM (SELECT w.user_id, w.course_id, w.rule_id, w.due_within, w.follows_on, {best} AS best
  FROM (SELECT p.user_id, w.course_id, w.rule_id, w.due_within, {none} AS follows_on, w.ahead
      FROM asked_person p {join} asked_wish w {on} w.role = p.role AND w.department_id = p.department_id{owned}) w
  WHERE NOT EXISTS (SELECT 1 FROM training_trainingtask t WHERE t.person_id = w.user_id AND t.course_id = w.course_id
      AND (t.withdrawn_on IS NULL AND (t.renews_on IS NULL OR t.renews_on > w.ahead) OR {let_off})){accepted}) found
WHERE best = 1"""
# Whose last round somebody took back by hand is asked again an interval later, or by a rule that begins after it; what
# is taken back because an earlier round is open again says nothing about the person.
_LET_OFF = """t.withdrawn_on IS NOT NULL
  AND EXISTS (SELECT 1 FROM asked_rule r WHERE r.rule_id = w.rule_id AND r.starts_on <= t.withdrawn_on
    AND (t.withdrawn_on > r.interval_ago OR t.period_start > r.interval_ago))
  AND EXISTS (SELECT 1 FROM training_trainingevent e WHERE e.task_id = t.id AND e.kind = 'withdrawn'
    AND e.by_id <> t.person_id AND e.reason <> %(reopened)s)
  AND NOT EXISTS (SELECT 1 FROM training_trainingtask d WHERE d.person_id = t.person_id AND d.course_id = t.course_id
    AND d.round > t.round AND d.completed_on IS NOT NULL)"""
REOPENED = "die Runde davor ist wieder offen"  # the reason of that; kept, so German
_OWNED_TOO = """
    UNION ALL SELECT user_id, course_id, rule_id, due_within, follows_on, ahead FROM asked_owned"""
_BEST = "row_number() OVER (PARTITION BY w.user_id, w.course_id ORDER BY w.due_within, w.rule_id)"
_ACCEPTED = """ AND NOT EXISTS (SELECT 1 FROM training_course_equivalents e JOIN training_trainingtask t
  ON t.person_id = w.user_id AND t.course_id = e.to_course_id AND t.completed_on IS NOT NULL
  AND (t.renews_on IS NULL OR t.renews_on > w.ahead) WHERE e.from_course_id = w.course_id)"""
_EXEMPT = """ AND NOT EXISTS (SELECT 1 FROM training_exemption x WHERE x.person_id = w.user_id
  AND x.municipality_id = %(municipality)s AND (x.course_id IS NULL OR x.course_id = w.course_id)
  AND x.starts_on <= %(day)s AND x.until >= %(day)s AND x.ended_on IS NULL)"""
# Open tasks of rules: asked for by none any more, or sooner than by the one that assigned them, or before a go-live
# that has moved, and they with it; a renewal keeps its day. What rests gets no day before its rest is over (`base`).
_CHANGED = """SELECT row_number() OVER (ORDER BY id) AS n, id, user_id IS NULL AS has_left, due_on AS was_due_on, why,
  CASE WHEN why = 'moves' AND shifted < base AND shifted < due_on THEN CASE WHEN due_on < base THEN due_on
      ELSE base END WHEN why = 'moves' THEN shifted WHEN due_on < sooner THEN due_on ELSE sooner END AS due_on,
  CASE WHEN why = 'sooner' THEN due_within ELSE due_within_days END AS due_within, follows_on
FROM (SELECT held.*, {sooner} AS sooner, {shifted} AS shifted,
    CASE WHEN gone THEN 'gone' WHEN follows_on IS NOT NULL AND followed_on <> follows_on THEN 'moves'
      WHEN by_day AND followed_on IS NULL AND {sooner} < due_on THEN 'sooner'
      WHEN by_day OR period_start > {day} THEN NULL
      WHEN followed_on IS NULL AND due_within < due_within_days THEN 'sooner'
      WHEN followed_on IS NOT NULL AND due_within < coalesce(due_within_days, 32767) AND {sooner} < due_on
        THEN 'sooner' END AS why
  FROM (SELECT t.id, p.user_id, w.rule_id IS NULL AND o.rule_id IS NULL AS gone, t.due_on, t.due_within_days,
      {base} AS base, t.period_start, t.follows_on AS followed_on, o.follows_on,
      o.follows_on IS NOT NULL AND (w.due_within IS NULL OR w.due_within >= o.due_within) AS by_day,
      CASE WHEN o.due_within IS NULL OR w.due_within < o.due_within THEN w.due_within
        ELSE o.due_within END AS due_within
    FROM training_trainingtask t
    LEFT JOIN asked_person p ON p.user_id = t.person_id
    LEFT JOIN asked_wish w ON w.role = p.role AND w.department_id = p.department_id AND w.course_id = t.course_id
    LEFT JOIN asked_owned o ON o.user_id = t.person_id AND o.course_id = t.course_id
    WHERE t.municipality_id = %(municipality)s AND {open} AND t.rule_id IS NOT NULL{of_course}) held) told
WHERE why IS NOT NULL"""
_BEFORE = """SELECT m.user_id, m.course_id, max(t.round) AS round,
  max(CASE WHEN t.withdrawn_on IS NULL THEN t.renews_on END) AS renews_on
FROM asked_missing m JOIN training_trainingtask t ON t.person_id = m.user_id AND t.course_id = m.course_id
GROUP BY m.user_id, m.course_id"""


@contextmanager
def asked(
    municipality: Municipality, rules: Iterable[Rule], day: date, course: Course | None = None
) -> Iterator[dict[str, Any]]:
    """The temporary tables `asked_missing(n, user_id, course_id, rule_id, due_within, follows_on)`, `asked_before` (the
    last round of these), `asked_changed(n, id, has_left, was_due_on, why, due_on, due_within, follows_on)` and what
    they are made of; gives the parameters. `course`: what is open of other courses is left alone.
    """
    words = {"municipality": municipality.pk, "day": day, "course": course and course.pk, "reopened": REOPENED}
    postgresql = connection.vendor == "postgresql"
    roles = ", ".join(f"'{role.value}'" for role in who_may(Deed.LEARN))
    dialect = _dialect(postgresql) | {"fits": _FITS, "open": OPEN, "let_off": _LET_OFF}
    # SQLite joins in the order of the text where it is told so; PostgreSQL knows better
    dialect |= {"join": "JOIN", "on": "ON"} if postgresql else {"join": "CROSS JOIN", "on": "ON"}
    dialect["of_course"] = " AND t.course_id = %(course)s" if course else ""
    accepting = Course.equivalents.through.objects.filter(from_course__municipality=municipality)
    dialect["accepted"] = _ACCEPTED if accepting.exists() else ""  # a tenth of the time, where nothing is accepted
    exempt = Exemption.objects.holding(day).filter(municipality=municipality)
    dialect["accepted"] += _EXEMPT if exempt.exists() else ""
    begun = [rule for rule in rules if rule.kept.starts_on <= day]
    one_by_one = any(rule.by_service or rule.kept.named for rule in begun)  # else nobody is asked twice for a course
    dialect |= {"best": _BEST, "owned": _OWNED_TOO} if one_by_one else {"best": "1", "owned": ""}
    _drop()
    _make_rules(municipality, begun, day)
    _make("tree", _TREE, "root, id", words)
    _make("person", _PERSON.format(roles=roles), "user_id", words)
    _make("wish", _WISH.format(**dialect), "role, department_id, course_id", words)
    _make("owned", _OWNED.format(**dialect), "user_id, course_id", words)
    _make("missing", _MISSING.format(**dialect), "n", words)
    _make("changed", _CHANGED.format(**dialect), "n", words)
    _make("before", _BEFORE, "user_id, course_id", words)
    yield words
    _drop()


def people_asked() -> set[int]:
    """Whom the rules meet, whether they have the training or not; inside `asked` alone."""
    with connection.cursor() as cursor:
        cursor.execute(_MET)
        return {pk for (pk,) in cursor.fetchall()}


_MET = """SELECT p.user_id FROM asked_person p
JOIN asked_wish w ON w.role = p.role AND w.department_id = p.department_id
UNION SELECT user_id FROM asked_owned"""


def _dialect(postgresql: bool) -> dict[str, str]:
    if postgresql:
        day, base = "%(day)s::date", "greatest(%(day)s::date, t.suspended_until)"
        shifted = "due_on + (follows_on - followed_on)"
        return {"day": day, "none": "NULL::date", "sooner": "(base + due_within)", "shifted": shifted, "base": base}
    shifted = "date(due_on, (julianday(follows_on) - julianday(followed_on)) || ' days')"
    sooner = "date(base, '+' || due_within || ' days')"
    base = "max(%(day)s, coalesce(t.suspended_until, %(day)s))"
    return {"day": "%(day)s", "none": "NULL", "sooner": sooner, "shifted": shifted, "base": base}


def _make_rules(municipality: Municipality, rules: list[Rule], day: date) -> None:
    ruled = [
        (
            *(rule.id, rule.kept.course_id, rule.kept.role, rule.kept.department_id),
            *(rule.by_service, rule.kept.named, rule.kept.due_within_days),
            *(rule.kept.starts_on, rule.reason, day + opened_before(rule.kept.course)),
            _interval_ago(rule.kept.course, day),
        )
        for rule in rules
    ]
    named = [(rule.id, person) for rule in rules for person in sorted(rule.people)]
    met = [
        (each.rule.id, each.owner, each.department, each.due_within, each.follows_on)
        for each in targets_of(municipality, rules, day)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE asked_rule (rule_id bigint PRIMARY KEY, course_id bigint, role varchar(12),"
            " department_id bigint, by_service boolean, named boolean, due_within integer, starts_on date,"
            " reason varchar(300), ahead date, interval_ago date)"
        )
        cursor.execute("CREATE TEMPORARY TABLE asked_named (rule_id bigint, user_id bigint)")
        cursor.execute(
            "CREATE TEMPORARY TABLE asked_target (rule_id bigint, owner_id bigint, department_id bigint,"
            " due_within integer, follows_on date)"
        )
        if ruled:
            cursor.executemany("INSERT INTO asked_rule VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", ruled)
        if named:
            cursor.executemany("INSERT INTO asked_named VALUES (%s, %s)", named)
            cursor.execute("CREATE INDEX asked_named_key ON asked_named (rule_id, user_id)")
        if met:
            cursor.executemany("INSERT INTO asked_target VALUES (%s, %s, %s, %s, %s)", met)


def _interval_ago(course: Course, day: date) -> date:
    return date.min if course.interval_months is None else add_months(day, -course.interval_months)


def _make(name: str, select: str, key: str, words: dict[str, Any]) -> None:
    """Each with a key and counted rows: what is read into an unknown table is planned for ten rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE asked_{name} AS {select}", words)
        cursor.execute(f"CREATE UNIQUE INDEX asked_{name}_key ON asked_{name} ({key})")
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE asked_{name}")


def _drop() -> None:
    with connection.cursor() as cursor:
        for name in _TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS asked_{name}")
