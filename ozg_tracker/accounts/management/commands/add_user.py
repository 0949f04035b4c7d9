"""add_user: take a person in, or give one a role in a further municipality."""

from typing import Any

from django.core.management.base import CommandParser

from ozg_tracker.accounts.models import Role
from ozg_tracker.accounts.municipalities import find_department, find_municipality
from ozg_tracker.accounts.passwords import password_link
from ozg_tracker.accounts.people import add_user
from ozg_tracker.console import Command as Base


class Command(Base):
    help = "Nimmt eine Person auf und gibt ihr eine Rolle in einer Kommune."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="Name zum Anmelden")
        parser.add_argument("--municipality", required=True, metavar="ARS", help="Regionalschlüssel der Kommune")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--department", default="", metavar="NAME", help="Fachbereich, nötig für manager")
        parser.add_argument("--email", default="", help="an diese Adresse gehen Erinnerungen")

    def deed(self, **options: Any) -> dict[str, Any]:
        town = find_municipality(options["municipality"])
        department = find_department(town, options["department"]) if options["department"] else None
        user = add_user(
            options["username"],
            municipality=town,
            role=options["role"],
            department=department,
            email=options["email"],
        )
        return {
            "username": user.username,
            "municipality": town.ars,
            "role": options["role"],
            "department": department.name if department else None,
            "password_link": password_link(user),
        }

    def text(self, result: dict[str, Any]) -> str:
        text = f"„{result['username']}“ hat jetzt in {result['municipality']} die Rolle „{Role(result['role']).label}“."
        if result["password_link"] is None:
            return f"{text} Das Passwort bleibt, wie es ist."
        return (
            f"{text}\nUnter dieser Adresse setzt die Person ihr Passwort; sie gilt drei Tage und einmal:\n"
            f"{result['password_link']}"
        )
