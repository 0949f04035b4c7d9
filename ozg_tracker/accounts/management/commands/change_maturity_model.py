"""change_maturity_model: from a day on a municipality rates with another maturity model, or a planned change is off."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import MaturityModel
from ozg_tracker.accounts.maturity import call_off, change_model, planned_changes
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.accounts.municipalities import find_municipality
from ozg_tracker.api.days import day_in
from ozg_tracker.console import Command as Base


class Command(Base):
    purpose = gettext_lazy("Wechselt das Reifegradmodell einer Kommune von einem Tag an; umgerechnet wird nichts.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", metavar="MODEL", nargs="?", help=_("Fassung des Reifegradmodells, etwa 2.0"))
        parser.add_argument("--municipality", required=True, metavar="ARS", help=_("Regionalschlüssel der Kommune"))
        parser.add_argument("--effective-on", default="", metavar="DAY", help=_("gilt ab; ohne: heute"))
        parser.add_argument(
            "--call-off", default="", metavar="DAY", help=_("statt MODEL: den für diesen Tag geplanten Wechsel absagen")
        )
        parser.add_argument("--reason", required=True, help=_("warum, etwa der Beschluss"))

    def deed(self, **options: Any) -> dict[str, Any]:
        municipality, model, off = find_municipality(options["municipality"]), options["model"], options["call_off"]
        if bool(model) == bool(off) or (off and options["effective_on"]):
            sentence = _("Bitte nennen Sie ein Reifegradmodell, oder mit --call-off allein den Tag des Wechsels.")
            raise ValidationError(sentence, code="one_of_both")
        reason, day = options["reason"], options["effective_on"]
        return _called_off(municipality, off, reason) if off else _changed(municipality, model, day, reason)

    def text(self, result: dict[str, Any]) -> str:
        if "called_off" in result:
            sentence = _("Der Wechsel zum Reifegradmodell %(called_off)s am %(effective_on)s ist abgesagt.")
        else:
            sentence = _("Ab %(effective_on)s gilt das Reifegradmodell %(changed_to)s. Umgerechnet wurde nichts.")
        return sentence % result


def _changed(municipality: Municipality, model: str, effective_on: str, reason: str) -> dict[str, Any]:
    found = MaturityModel.objects.filter(version=model.strip()).first()
    if found is None:
        known = ", ".join(MaturityModel.objects.values_list("version", flat=True))
        sentence = _("Ein Reifegradmodell „%(model)s“ gibt es nicht. Bekannt sind: %(known)s.")
        raise ValidationError(sentence % {"model": model, "known": known}, code="unknown_model")
    day = _day(effective_on) if effective_on else None
    made = change_model(municipality, found, effective_on=day, reason=reason, by=None)
    return {
        "municipality": municipality.ars,
        "maturity_model": municipality.maturity_model.version,
        "changed_to": found.version,
        "effective_on": made.effective_on.isoformat(),
    }


def _called_off(municipality: Municipality, off: str, reason: str) -> dict[str, Any]:
    day, planned = _day(off), planned_changes(municipality)
    change = next((each for each in planned if each.effective_on == day), None)
    if change is None:
        days = ", ".join(each.effective_on.isoformat() for each in planned) or "–"
        sentence = _("Für den %(day)s ist kein Wechsel geplant. Geplant ist: %(days)s.")
        raise ValidationError(sentence % {"day": day.isoformat(), "days": days}, code="not_planned")
    call_off(change, by=None, reason=reason)
    return {
        "municipality": municipality.ars,
        "maturity_model": municipality.maturity_model.version,
        "called_off": change.model.version,
        "effective_on": day.isoformat(),
    }


def _day(text: str) -> date:
    try:
        return day_in(text)
    except ValueError as error:
        raise ValidationError(str(error), code="invalid_day") from error
