"""add_user: take a person in, or give one a role in a further municipality."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.models import Role
from ozg_tracker.accounts.municipalities import find_department, find_municipality
from ozg_tracker.accounts.people import add_user
from ozg_tracker.accounts.signing_in.passwords import password_link
from ozg_tracker.console import Command as Base


class Command(Base):
    purpose = gettext_lazy("Nimmt eine Person auf und gibt ihr eine Rolle in einer Kommune.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help=_("Name zum Anmelden"))
        parser.add_argument("--municipality", required=True, metavar="ARS", help=_("Regionalschlüssel der Kommune"))
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--department", default="", metavar="NAME", help=_("Fachbereich, nötig für manager"))
        parser.add_argument("--email", default="", help=_("an diese Adresse gehen Erinnerungen"))

    def deed(self, **options: Any) -> dict[str, Any]:
        municipality = find_municipality(options["municipality"])
        department = find_department(municipality, options["department"]) if options["department"] else None
        user = add_user(
            options["username"],
            municipality=municipality,
            role=options["role"],
            department=department,
            email=options["email"],
        )
        return {
            "username": user.username,
            "municipality": municipality.ars,
            "role": options["role"],
            "department": department.name if department else None,
            "password_link": password_link(user),
        }

    def text(self, result: dict[str, Any]) -> str:
        words = result | {"role": Role(result["role"]).label}
        text = _("„%(username)s“ hat jetzt in %(municipality)s die Rolle „%(role)s“.") % words
        if result["password_link"] is None:
            return f"{text} {_('Das Passwort bleibt, wie es ist.')}"
        way = _("Unter dieser Adresse setzt die Person ihr Passwort; sie gilt drei Tage und einmal:")
        return f"{text}\n{way}\n{result['password_link']}"
