"""change_maturity_model: from a day on a municipality rates with another maturity model."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import MaturityModel
from ozg_tracker.accounts.maturity import change_model
from ozg_tracker.accounts.municipalities import find_municipality
from ozg_tracker.api.days import day_in
from ozg_tracker.console import Command as Base


class Command(Base):
    purpose = gettext_lazy("Wechselt das Reifegradmodell einer Kommune von einem Tag an; umgerechnet wird nichts.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", metavar="MODEL", help=_("Fassung des Reifegradmodells, etwa 2.0"))
        parser.add_argument("--municipality", required=True, metavar="ARS", help=_("Regionalschlüssel der Kommune"))
        parser.add_argument("--effective-on", default="", metavar="DAY", help=_("gilt ab; ohne: heute"))
        parser.add_argument("--reason", required=True, help=_("warum, etwa der Beschluss"))

    def deed(self, **options: Any) -> dict[str, Any]:
        municipality = find_municipality(options["municipality"])
        model = MaturityModel.objects.filter(version=options["model"].strip()).first()
        if model is None:
            known = ", ".join(MaturityModel.objects.values_list("version", flat=True))
            sentence = _("Ein Reifegradmodell „%(model)s“ gibt es nicht. Bekannt sind: %(known)s.")
            raise ValidationError(sentence % {"model": options["model"], "known": known}, code="unknown_model")
        try:
            day = day_in(options["effective_on"]) if options["effective_on"] else None
        except ValueError as error:
            raise ValidationError(str(error), code="invalid_day") from error
        made = change_model(municipality, model, effective_on=day, reason=options["reason"], by=None)
        return {
            "municipality": municipality.ars,
            "maturity_model": municipality.maturity_model.version,
            "changed_to": model.version,
            "effective_on": made.effective_on.isoformat(),
        }

    def text(self, result: dict[str, Any]) -> str:
        return _("Ab %(effective_on)s gilt das Reifegradmodell %(changed_to)s. Umgerechnet wurde nichts.") % result
