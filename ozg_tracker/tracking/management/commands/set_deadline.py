"""set_deadline: set, change or end a deadline of a municipality, or one of the law, from a day on."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Bundle
from ozg_tracker.accounts.municipalities import find_department, find_municipality
from ozg_tracker.api.days import day_in
from ozg_tracker.console import Command as Base
from ozg_tracker.tracking.deadlines.changing import Facts, end_deadline, facts_of, keep_deadline
from ozg_tracker.tracking.models import Deadline


class Command(Base):
    purpose = gettext_lazy("Setzt, ändert oder beendet eine Frist von einem Tag an.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help=_("Name der Frist"))
        parser.add_argument("--municipality", metavar="ARS", help=_("ohne sie: eine Frist des Gesetzes"))
        parser.add_argument("--date", metavar="DAY", help=_("der Tag, bis zu dem"))
        parser.add_argument("--source", help=_("Beschluss, Gesetz, Dienstanweisung"))
        parser.add_argument("--scope", choices=Deadline.Scope.values)
        parser.add_argument("--department", metavar="NAME")
        parser.add_argument("--bundle", action="append", metavar="OZG-ID", dest="bundles")
        parser.add_argument("--effective-on", metavar="DAY", help=_("gilt ab"))
        parser.add_argument("--reason", default="")
        parser.add_argument("--end", action="store_true", help=_("sie gilt nicht mehr"))

    def deed(self, **options: Any) -> dict[str, Any]:
        municipality = find_municipality(options["municipality"]) if options["municipality"] else None
        found = Deadline.objects.standing().filter(municipality=municipality, name=options["name"].strip()).first()
        when = {"effective_on": _day(options["effective_on"]), "reason": options["reason"], "by": None}
        if options["end"]:
            if found is None:
                raise ValidationError(_("Eine Frist mit diesem Namen gibt es nicht."), code="unknown_deadline")
            kept = end_deadline(found, **when)
        else:
            kept = keep_deadline(_facts(options, found), municipality=municipality, deadline=found, **when)
        return {"deadline": kept.name, "date": kept.date.isoformat(), "scope": kept.scope, "ended": kept.ended}

    def text(self, result: dict[str, Any]) -> str:
        if result["ended"]:
            return _("„%(deadline)s“ gilt nicht mehr.") % result
        return _("Die Frist „%(deadline)s“ ist gespeichert.") % result


def _facts(options: dict[str, Any], found: Deadline | None) -> Facts:
    """What is given, else what the deadline says. ValidationError `missing` for what a new one lacks."""
    held = facts_of(found) if found else None
    day = _day(options["date"]) or (held.date if held else None)
    source = options["source"] or (held.source if held else "")
    if day is None or not source:
        raise ValidationError(_("Eine neue Frist braucht --date und --source."), code="missing")
    department = held.department if held else None
    if options["department"]:
        department = find_department(find_municipality(options["municipality"] or ""), options["department"])
    bundles = tuple(Bundle.objects.filter(ozg_id__in=options["bundles"] or ()).order_by("pk"))
    scope = options["scope"] or (held.scope if held else Deadline.Scope.ALL)
    named = bundles or (held.bundles if held else ())
    return Facts(
        name=options["name"].strip(),
        date=day,
        source=source,
        scope=scope,
        department=department if scope == Deadline.Scope.DEPARTMENT else None,
        bundles=tuple(named) if scope == Deadline.Scope.BUNDLES else (),
    )


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return day_in(text)
    except ValueError as error:
        raise ValidationError(str(error), code="invalid_day") from error
