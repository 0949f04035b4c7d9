"""An entry in words: what its fields are called, and what their codes mean."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import JournalEntry, Role, Scope

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FIELDS: dict[str, "StrOrPromise"] = {
    "role": _("Rolle"),
    "department": _("Fachbereich"),
    "name": _("Name"),
    "first_name": _("Vorname"),
    "last_name": _("Nachname"),
    "username": _("Benutzername"),
    "email": _("E-Mail"),
    "waiting_email": _("E-Mail, noch zu bestätigen"),
    "confirmed": _("bestätigt"),
    "staff_number": _("Personalnummer"),
    "parent": _("gehört zu"),
    "active": _("aktiv"),
    "effective_on": _("gilt ab"),
    "until": _("bis"),
    "deputy": _("Vertretung"),
    "date": _("Tag"),
    "scope": _("Gilt für"),
    "source": _("Quelle"),
    "course": _("Schulung"),
    "service": _("Leistung"),
    "people": _("Personen"),
    "days_before": _("Tage vor dem Go-live"),
    "due_within_days": _("fällig nach Tagen"),
    "starts_on": _("gilt ab"),
    "interval_months": _("Wiederholung nach Monaten"),
    "fixed_day": _("fester Tag im Jahr"),
    "equivalents": _("Wird anerkannt"),
    "prerequisites": _("Voraussetzung"),
    "description": _("Beschreibung"),
    "maturity_model": _("Reifegradmodell"),
    "second_coordinator": _("zweite Koordination bestätigt"),
    "second_person": _("eine zweite Person genehmigt Berichte"),
    "public": _("öffentlich"),
    "compared": _("stimmt dem Vergleich zu"),
    "licence": _("Lizenz"),
    "publisher": _("Herausgebende Stelle"),
    "mail": _("E-Mail-Adresse der Stelle"),
    "target": _("fertige Leistungen am Jahresende"),
    "decided": _("beschlossen durch"),
    "contributor": _("Datenbereitsteller-ID von GovData"),
    "lead_days": _("Vorlagen fällig, Tage vor der Sitzung"),
    "ended_on": _("beendet am"),
    "form": _("Format"),
    "rows": _("Zeilen"),
    "others": _("weitere Posten"),
    "rules": _("Regeln"),
    "version": _("Fassung"),
    "key_name": _("Bezeichnung"),
    "service_account": _("Dienstkonto"),
    "purpose": _("Zweck"),
    "responsible": _("verantwortlich"),
    "opens": _("darf"),
    "networks": _("nur von"),
    "access": _("Passwort"),
    "second_factor": _("zweiter Faktor"),
    "created_on": _("erstellt am"),
    "address": _("Adresse"),
    "parts": _("Bereiche"),
    "signature": _("Geheimnis"),
}
_WORDS: dict[str, "StrOrPromise"] = {
    "yes": _("ja"),
    "no": _("nein"),
    "all": _("alle"),
    "set": _("neu gesetzt"),
    "slip": _("Zettel mit dem Weg zum Passwort"),
    "provider": _("über die zentrale Anmeldung"),
    "waiting": _("wartet"),
}
FACTORS: dict[str, "StrOrPromise"] = {
    "totp": _("App mit Codes"),
    "webauthn": _("Passkey"),
    "recovery_codes": _("Notfallcodes"),
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class ChangedField:
    """A field with its texts before and after; "" where there was, or is, none."""

    label: str
    before: str
    after: str


def changed_fields(entry: JournalEntry) -> list[ChangedField]:
    """What the entry changed, in the order of `FIELDS`, in the language of whoever asks."""
    names = sorted({*entry.before, *entry.after}, key=lambda name: (_place(name), name))
    return [
        ChangedField(
            str(FIELDS.get(name, name)),
            _text(name, entry.before.get(name, "")),
            _text(name, entry.after.get(name, "")),
        )
        for name in names
    ]


def in_one_line(entry: JournalEntry) -> str:
    """The differences as text, for files: „Rolle: Sachbearbeitung → Leitung; …“."""
    return "; ".join(
        f"{each.label}: {each.before} → {each.after}" if each.before else f"{each.label}: {each.after or '–'}"
        for each in changed_fields(entry)
    )


def _place(name: str) -> int:
    return list(FIELDS).index(name) if name in FIELDS else len(FIELDS)


def _text(name: str, text: str) -> str:
    if name == "role" and text in Role.values:
        return str(Role(text).label)
    if name == "opens":
        return " · ".join(str(scope.label) for scope in Scope if scope in text.split())
    if name == "second_factor":
        return " · ".join(str(word) for code, word in FACTORS.items() if code in text.split())
    if _DAY.fullmatch(text):
        with suppress(ValueError):  # a name may look like a day
            return date_format(date.fromisoformat(text), "d.m.Y")
    return str(_WORDS.get(text, text))
