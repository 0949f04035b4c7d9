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
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.training.assigning.periods import opened_before
from ozg_tracker.training.models import Course, Exemption, NamedPerson, Requirement

_TABLES = ("rule", "tree", "person", "wish", "owned", "missing", "changed", "before")
OPEN = "t.completed_on IS NULL AND t.withdrawn_on IS NULL"

_TREE = """WITH RECURSIVE t(root, id) AS (
  SELECT DISTINCT department_id, department_id FROM asked_rule WHERE department_id IS NOT NULL
  UNION SELECT t.root, d.id FROM t JOIN accounts_department d ON d.parent_id = t.id)
SELECT root, id FROM t"""
_PERSON = """SELECT m.user_id, m.role, coalesce(m.department_id, 0) AS department_id
FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
WHERE m.municipality_id = %(municipality)s AND m.role IN ({roles}) AND u.is_active"""
# Rules meet the few kinds of people there are, not the people.
_WISH = """SELECT role, department_id, course_id, rule_id, due_within, ahead FROM (
  SELECT p.role, p.department_id, r.course_id, r.rule_id, r.due_within, r.ahead, row_number() OVER (
    PARTITION BY p.role, p.department_id, r.course_id ORDER BY r.due_within, r.rule_id) AS n
  FROM (SELECT DISTINCT role, department_id FROM asked_person) p JOIN asked_rule r
    ON r.service_id IS NULL AND NOT r.named AND {fits}) ranked WHERE n = 1"""
# What meets people one by one: who is responsible for a service, whom a rule names.
_OWNED = """SELECT user_id, course_id, rule_id, due_within, ahead FROM (
  SELECT p.user_id, r.course_id, r.rule_id, r.due_within, r.ahead, row_number() OVER (
    PARTITION BY p.user_id, r.course_id ORDER BY r.due_within, r.rule_id) AS n
  FROM (SELECT r.rule_id, s.owner_id AS user_id
      FROM asked_rule r JOIN {rows} s ON s.service_id = r.service_id AND s.municipality_id = %(municipality)s
      WHERE NOT r.named OR EXISTS (
        SELECT 1 FROM {named} e WHERE e.requirement_id = r.rule_id AND e.person_id = s.owner_id)
    UNION SELECT r.rule_id, e.person_id FROM asked_rule r JOIN {named} e ON e.requirement_id = r.rule_id
      WHERE r.named AND r.service_id IS NULL) one
  JOIN asked_rule r ON r.rule_id = one.rule_id JOIN asked_person p ON p.user_id = one.user_id AND {fits}) ranked
WHERE n = 1"""
_FITS = """(r.role = '' OR r.role = p.role) AND (r.department_id IS NULL OR EXISTS (
    SELECT 1 FROM asked_tree t WHERE t.root = r.department_id AND t.id = p.department_id))"""
_MISSING = """SELECT row_number() OVER (ORDER BY user_id, course_id) AS n, user_id, course_id, rule_id, due_within
FROM (SELECT w.user_id, w.course_id, w.rule_id, w.due_within, row_number() OVER (
    PARTITION BY w.user_id, w.course_id ORDER BY w.due_within, w.rule_id) AS best
  FROM (SELECT p.user_id, w.course_id, w.rule_id, w.due_within, w.ahead FROM asked_person p {join} asked_wish w
      {on} w.role = p.role AND w.department_id = p.department_id
    UNION ALL SELECT user_id, course_id, rule_id, due_within, ahead FROM asked_owned) w
  WHERE NOT EXISTS (SELECT 1 FROM training_trainingtask t WHERE t.person_id = w.user_id AND t.course_id = w.course_id
      AND t.withdrawn_on IS NULL AND (t.renews_on IS NULL OR t.renews_on > w.ahead)){accepted}) found WHERE best = 1"""
_ACCEPTED = """ AND NOT EXISTS (SELECT 1 FROM training_course_equivalents e JOIN training_trainingtask t
  ON t.person_id = w.user_id AND t.course_id = e.to_course_id AND t.completed_on IS NOT NULL
  AND (t.renews_on IS NULL OR t.renews_on > w.ahead) WHERE e.from_course_id = w.course_id)"""
_EXEMPT = """ AND NOT EXISTS (SELECT 1 FROM training_exemption x WHERE x.person_id = w.user_id
  AND x.municipality_id = %(municipality)s AND (x.course_id IS NULL OR x.course_id = w.course_id)
  AND x.starts_on <= %(day)s AND x.until >= %(day)s AND x.ended_on IS NULL)"""
# Open tasks of rules: asked for by none any more, or sooner than by the one that assigned them; a renewal keeps its day
_CHANGED = """SELECT row_number() OVER (ORDER BY id) AS n, id, gone, due_within, user_id IS NULL AS has_left FROM (
  SELECT t.id, p.user_id, w.rule_id IS NULL AND o.rule_id IS NULL AS gone,
    CASE WHEN o.due_within IS NULL OR w.due_within < o.due_within THEN w.due_within ELSE o.due_within END AS due_within,
    t.due_within_days, t.period_start
  FROM training_trainingtask t
  LEFT JOIN asked_person p ON p.user_id = t.person_id
  LEFT JOIN asked_wish w ON w.role = p.role AND w.department_id = p.department_id AND w.course_id = t.course_id
  LEFT JOIN asked_owned o ON o.user_id = t.person_id AND o.course_id = t.course_id
  WHERE t.municipality_id = %(municipality)s AND {open} AND t.rule_id IS NOT NULL) held
WHERE gone OR (due_within < due_within_days AND period_start <= %(day)s)"""
_BEFORE = """SELECT m.user_id, m.course_id, max(t.round) AS round,
  max(CASE WHEN t.withdrawn_on IS NULL THEN t.renews_on END) AS renews_on
FROM asked_missing m JOIN training_trainingtask t ON t.person_id = m.user_id AND t.course_id = m.course_id
GROUP BY m.user_id, m.course_id"""


@contextmanager
def asked(municipality: Municipality, rules: Iterable[Requirement], day: date) -> Iterator[dict[str, Any]]:
    """The temporary tables `asked_missing(n, user_id, course_id, rule_id, due_within)`, `asked_before` (the last round
    of these), `asked_changed(n, id, gone, due_within, has_left)` and what they are made of; gives the parameters.
    """
    words = {"municipality": municipality.pk, "day": day}
    postgresql = connection.vendor == "postgresql"
    roles = ", ".join(f"'{role.value}'" for role in who_may(Deed.LEARN))
    tables = {"rows": MunicipalService._meta.db_table, "named": NamedPerson._meta.db_table}
    fits = {"fits": _FITS} | tables
    # SQLite joins in the order of the text where it is told so; PostgreSQL knows better
    join = {"join": "JOIN", "on": "ON"} if postgresql else {"join": "CROSS JOIN", "on": "ON"}
    accepting = Course.equivalents.through.objects.filter(from_course__municipality=municipality)
    join["accepted"] = _ACCEPTED if accepting.exists() else ""  # a tenth of the time, where nothing is accepted
    exempt = Exemption.objects.holding(day).filter(municipality=municipality)
    join["accepted"] += _EXEMPT if exempt.exists() else ""
    _drop()
    _make_rules(rules, day)
    _make("tree", _TREE, "root, id", words)
    _make("person", _PERSON.format(roles=roles), "user_id", words)
    _make("wish", _WISH.format(**fits), "role, department_id, course_id", words)
    _make("owned", _OWNED.format(**fits), "user_id, course_id", words)
    _make("missing", _MISSING.format(**join), "n", words)
    _make("changed", _CHANGED.format(open=OPEN), "n", words)
    _make("before", _BEFORE, "user_id, course_id", words)
    yield words
    _drop()


def _make_rules(rules: Iterable[Requirement], day: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE asked_rule (rule_id bigint PRIMARY KEY, course_id bigint, role varchar(12),"
            " department_id bigint, service_id bigint, named boolean, due_within integer, starts_on date,"
            " reason varchar(300), ahead date)"
        )
        rows = [
            (
                *(rule.pk, rule.course_id, rule.role, rule.department_id, rule.service_id, rule.named),
                *(rule.due_within_days, rule.starts_on, reason_of(rule), day + opened_before(rule.course)),
            )
            for rule in rules
            if rule.starts_on <= day
        ]
        cursor.executemany("INSERT INTO asked_rule VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", rows)


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


def reason_of(rule: Requirement) -> str:
    """Why a person owes it: role, department or service, never something about the person. Kept, so German."""
    parts = [
        str(rule.get_role_display()) if rule.role else "",
        rule.department.name if rule.department else "",
        rule.service.name if rule.service else "",
        "namentlich genannt" if rule.named else "",
    ]
    return (", ".join(part for part in parts if part) or "alle Beschäftigten")[:300]
