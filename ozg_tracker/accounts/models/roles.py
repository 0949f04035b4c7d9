"""The roles, and the one table of who may what: checks, menus and the help follow from it."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OPERATOR = "operator", _("Betrieb")
    COORDINATOR = "coordinator", _("OZG-Koordination")
    MANAGER = "manager", _("Leitung")
    STAFF = "staff", _("Sachbearbeitung")
    COUNCIL = "council", _("Mitglied des Rates")


class Deed(models.TextChoices):
    READ_CATALOGUE = "read_catalogue", _("Katalog lesen")
    LOAD_CATALOGUE = "load_catalogue", _("Katalogstände laden, Zuständigkeitsprofile ändern")
    DECIDE_SUCCESSIONS = "decide_successions", _("Nachfolge von Leistungen bestätigen oder ablehnen")
    READ_ROWS = "read_rows", _("Leistungen und Nachweise lesen")
    CHANGE_ROWS = "change_rows", _("Stand und Reifegrad melden")
    HAND_OVER = "hand_over", _("Leistungen übergeben, Vertretung benennen")
    LEAD_ROUNDS = "lead_rounds", _("Bestätigungsrunden führen")
    ANSWER_ROUNDS = "answer_rounds", _("Antworten einer Runde abgeben")
    CLEAR_RESPONSIBILITY = "clear_responsibility", _("Zuständigkeiten klären")
    KEEP_OWN_SERVICES = "keep_own_services", _("Eigene Leistungen aufnehmen")
    IMPORT_EVIDENCE = "import_evidence", _("Öffentliches Verzeichnis einlesen")
    LEARN = "learn", _("Eigene Schulungen sehen und erledigen")
    LEAD_TRAININGS = "lead_trainings", _("Schulungen anderer sehen und zuweisen")
    KEEP_COURSES = "keep_courses", _("Kurse, Termine und Schulungspflichten anlegen")
    KEEP_DEADLINES = "keep_deadlines", _("Eigene Fristen setzen")
    CHOOSE_MODEL = "choose_model", _("Reifegradmodell der Kommune wechseln")
    READ_EDITIONS = "read_editions", _("Berichte lesen")
    REVIEW_EDITIONS = "review_editions", _("Entwürfe von Berichten prüfen, Einwände erheben")
    DECIDE_EDITIONS = "decide_editions", _("Berichte festschreiben, genehmigen und berichtigen")
    ASK_QUESTIONS = "ask_questions", _("Zu veröffentlichten Berichten fragen")
    ANSWER_QUESTIONS = "answer_questions", _("Fragen aus dem Rat beantworten")
    KEEP_MEETINGS = "keep_meetings", _("Gremien und Sitzungen eintragen")
    KEEP_WEBHOOKS = "keep_webhooks", _("Andere Programme benachrichtigen lassen (Webhooks)")
    MANAGE_PEOPLE = "manage_people", _("Personen und Rollen verwalten")
    READ_JOURNAL = "read_journal", _("Journal der Personen, Rechte und Regeln lesen")
    OPERATE = "operate", _("Kommunen anlegen, Aufgaben überwachen")


class Reach(models.TextChoices):
    """How far a role may."""

    ALL = "all", _("ja")
    TREE = "tree", _("eigener Fachbereich")
    OWN = "own", _("eigene Leistungen")
    APPROVED = "approved", _("genehmigte")
    SELF = "self", _("eigene Einträge")
    ALONE = "alone", _("wenn es nur eine Kommune gibt")


_ADMINISTRATION = {Role.COORDINATOR: Reach.ALL, Role.MANAGER: Reach.ALL, Role.STAFF: Reach.ALL}
_COORDINATION = {Role.COORDINATOR: Reach.ALL}
_LEADING = {Role.COORDINATOR: Reach.ALL, Role.MANAGER: Reach.TREE}

MAY: Mapping[Deed, Mapping[Role, Reach]] = {
    Deed.READ_CATALOGUE: {Role.OPERATOR: Reach.ALL, **_ADMINISTRATION},
    Deed.LOAD_CATALOGUE: {Role.OPERATOR: Reach.ALL, Role.COORDINATOR: Reach.ALONE},
    Deed.DECIDE_SUCCESSIONS: {Role.OPERATOR: Reach.ALL, **_COORDINATION},
    Deed.READ_ROWS: _ADMINISTRATION,
    Deed.CHANGE_ROWS: {**_LEADING, Role.STAFF: Reach.OWN},
    Deed.HAND_OVER: {**_LEADING, Role.STAFF: Reach.OWN},
    Deed.LEAD_ROUNDS: _COORDINATION,
    Deed.ANSWER_ROUNDS: _LEADING,
    Deed.CLEAR_RESPONSIBILITY: _LEADING,
    Deed.KEEP_OWN_SERVICES: _COORDINATION,
    Deed.IMPORT_EVIDENCE: _COORDINATION,
    Deed.LEARN: _ADMINISTRATION,
    Deed.LEAD_TRAININGS: _LEADING,
    Deed.KEEP_COURSES: _COORDINATION,
    Deed.KEEP_DEADLINES: _COORDINATION,
    Deed.CHOOSE_MODEL: _COORDINATION,
    Deed.READ_EDITIONS: {
        Role.COORDINATOR: Reach.ALL,
        Role.MANAGER: Reach.APPROVED,
        Role.STAFF: Reach.APPROVED,
        Role.COUNCIL: Reach.APPROVED,
    },
    Deed.REVIEW_EDITIONS: _LEADING,
    Deed.DECIDE_EDITIONS: _COORDINATION,
    Deed.ASK_QUESTIONS: {Role.COUNCIL: Reach.ALL},
    Deed.ANSWER_QUESTIONS: _COORDINATION,
    Deed.KEEP_MEETINGS: _COORDINATION,
    Deed.KEEP_WEBHOOKS: _COORDINATION,
    Deed.MANAGE_PEOPLE: {Role.OPERATOR: Reach.ALL, **_COORDINATION},
    Deed.READ_JOURNAL: {
        Role.OPERATOR: Reach.ALL,
        Role.COORDINATOR: Reach.ALL,
        Role.MANAGER: Reach.SELF,
        Role.STAFF: Reach.SELF,
        Role.COUNCIL: Reach.SELF,
    },
    Deed.OPERATE: {Role.OPERATOR: Reach.ALL},
}


def who_may(deed: Deed, *reaches: Reach) -> tuple[Role, ...]:
    """The roles that may do `deed`, with `reaches` only those that may so far, in the order of `Role`."""
    return tuple(role for role in Role if role in MAY[deed] and (not reaches or MAY[deed][role] in reaches))


def reach_of(role: str | None, deed: Deed) -> Reach | None:
    """How far `role` may do `deed`; None: not at all."""
    return MAY[deed].get(Role(role)) if role else None


def deeds_of(role: str | None) -> frozenset[Deed]:
    """All that `role` may; a template asks `"keep_courses" in request.membership.deeds`."""
    return frozenset(deed for deed in Deed if reach_of(role, deed))
