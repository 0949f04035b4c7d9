"""add_service_account: an account for a program, with its first key where a last day is named."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.models import Role, Scope
from ozg_tracker.accounts.municipalities import find_department, find_municipality
from ozg_tracker.accounts.people import find_user
from ozg_tracker.accounts.service_accounts.keeping import add_key, add_service_account
from ozg_tracker.console import Command as Base
from ozg_tracker.console import day


class Command(Base):
    purpose = gettext_lazy("Legt ein Dienstkonto an: das Konto eines Programms, das keiner Person gehört.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help=_("wie das Programm heißt"))
        parser.add_argument("--municipality", required=True, metavar="ARS", help=_("Regionalschlüssel der Kommune"))
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--department", default="", metavar="NAME", help=_("Fachbereich, nötig für manager"))
        parser.add_argument("--purpose", default="", help=_("was das Programm hier tut"))
        answers = parser.add_mutually_exclusive_group(required=True)
        answers.add_argument("--responsible", default="", metavar="USERNAME", help=_("verantwortliche Person"))
        answers.add_argument(
            "--responsible-department", default="", metavar="NAME", help=_("verantwortlicher Fachbereich")
        )
        parser.add_argument("--until", type=day, metavar="DAY", help=_("erster Schlüssel, mit diesem letzten Tag"))
        parser.add_argument(
            "--scope", action="append", choices=Scope.values, help=_("was er darf, mehrfach möglich; ohne: lesen")
        )
        parser.add_argument("--network", action="append", default=[], help=_("nur von dort, z. B. 192.0.2.0/24"))

    @transaction.atomic
    def deed(self, **options: Any) -> dict[str, Any]:
        municipality = find_municipality(options["municipality"])
        department, responsible = (
            find_department(municipality, name) if name else None
            for name in (options["department"], options["responsible_department"])
        )
        made = add_service_account(
            municipality,
            name=options["name"],
            role=options["role"],
            purpose=options["purpose"],
            responsible=find_user(options["responsible"]) if options["responsible"] else None,
            department=department,
            responsible_department=responsible,
        )
        token = None
        if options["until"]:
            token = add_key(
                made,
                name=_("Erster Schlüssel"),
                scopes=options["scope"] or [Scope.READ],
                networks=" ".join(options["network"]),
                expires_on=options["until"],
                by=None,
            )
        return {"username": made.user.username, "name": made.name, "role": options["role"], "token": token}

    def text(self, result: dict[str, Any]) -> str:
        words = result | {"role": Role(result["role"]).label}
        head = _("Dienstkonto „%(name)s“ mit der Rolle „%(role)s“ ist angelegt; es heißt %(username)s.") % words
        if result["token"] is None:
            way = _("Einen Schlüssel gibt „manage.py create_token %(username)s --until TAG“.") % words
            return f"{head}\n{way}"
        told = _("Sein Schlüssel wird nur dieses eine Mal gezeigt:")
        return f"{head}\n{told}\n{result['token']}"
