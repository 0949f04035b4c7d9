"""German names of what the figures call in English: figures, lists, states and findings."""

from django.utils.translation import gettext_lazy as _

from ozg_tracker.tracking.findings.rules import RULES
from ozg_tracker.tracking.models import State

DEFINITIONS = {
    "relevant": _("Relevante Leistungen"),
    "rated": _("Bewertet"),
    "ready": _("Fertig"),
    "services_ready": _("Quote der fertigen Leistungen"),
    "bundles_online": _("Bündel online"),
    "bundles_complete": _("Bündel vollständig"),
    "cases_ready": _("Nach Fällen gewichtet"),
    "take_up": _("Digitale Nutzung"),
    "by_topic": _("Nach Themenfeld"),
    "by_department": _("Nach Fachbereich"),
    "movement": _("Veränderungen"),
    "first_rated": _("Erstmals bewertet"),
    "gained": _("Fertig geworden, weniger zurückgefallen"),
    "promises": _("Zugesagt"),
    "late": _("Verstrichen und blockiert"),
    "proven": _("Davon belegt"),
    "unclear": _("Ungeklärte Zuständigkeit"),
    "deadlines": _("Fristen"),
    "planned_or_started": _("Geplant oder in Umsetzung"),
    "online_now": _("Jetzt online"),
    "by_deadline": _("Bis zur Frist geplant"),
    "not_by_deadline": _("Nicht bis zur Frist"),
    "trend": _("Verlauf"),
    "throughput": _("Fertig geworden je Monat"),
    "forecast": _("Vorausschau"),
    "track_record": _("Rückblick auf die Vorausschau"),
    "needed_per_month": _("Nötig je Monat"),
    "goal": _("Jahresziel"),
    "training": _("Schulungen"),
}
RATES = {
    "bundles_online": _("Amtliche Zählweise: mindestens eine Leistung im Bündel ist online"),
    "bundles_complete": _("Alle Leistungen im Bündel sind fertig"),
    "cases_ready": _("Fälle pro Jahr fertiger Leistungen"),
}
MOVEMENT = {
    "newly_ready": _("Neu fertig"),
    "improved": _("Besser geworden"),
    "regressed": _("Zurückgestuft"),
    "first_rated": _("Erstmals bewertet"),
    "newly_ours": _("Neu zuständig"),
    "no_longer_ours": _("Nicht mehr zuständig"),
    "retired": _("Aus dem Katalog entfallen"),
}
QUALITY = {
    "cases_unknown": _("Leistungen ohne bekannte Fallzahl"),
    "no_department": _("Leistungen ohne Fachbereich"),
    "not_rated": _("Leistungen ohne Bewertung"),
    "other_model": _("Leistungen, die nach einem anderen Reifegradmodell bewertet sind"),
    "planned_passed": _("Leistungen mit verstrichenem Planungstermin"),
    "planned_without_date": _("Geplante Leistungen ohne Termin"),
    "ready_without_address": _("Fertige Leistungen ohne Online-Adresse"),
    "responsibility_unclear": _("Leistungen mit ungeklärter Zuständigkeit"),
}
# what stands in an edition's checklist beside findings of the data
SAID = {
    "objections_answered": _("Einwände der Fachbereiche, beantwortet"),
    "objections_open": _("Einwände der Fachbereiche ohne Antwort"),
    "questions_open": _("Fragen aus dem Rat ohne Antwort"),
    "departments_silent": _("Fachbereiche, die nicht geantwortet haben"),
}
OUTCOMES = {"kept": _("gehalten"), "moved": _("verschoben"), "open": _("offen")}
PROOFS = {
    "agree": _("belegt"),
    "claimed_not_public": _("nicht gefunden"),
    "public_not_claimed": _("öffentlich, nicht gemeldet"),
    "broken": _("Adresse antwortet nicht"),
    "none": _("ohne Beleg"),
}
NO_DEPARTMENT = _("ohne Fachbereich")
_STATES = {each.value: each.label for each in State}  # looked up a thousand times for a file


def state(code: str) -> str:
    """The word for a state of work; a code that is not known any more stays as it is."""
    return str(_STATES.get(code, code))


def quality(code: str) -> str:
    """The name of a finding of the month, of the data of a day, or of what the departments said."""
    if code in RULES and code not in QUALITY:
        return str(RULES[code].title)
    return str((QUALITY | SAID).get(code, code))
