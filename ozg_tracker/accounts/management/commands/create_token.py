"""create_token: a personal key for programs, shown this once."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.models import Scope
from ozg_tracker.accounts.municipalities import find_municipality
from ozg_tracker.accounts.people import find_user
from ozg_tracker.accounts.signing_in.tokens import create_token
from ozg_tracker.console import Command as Base
from ozg_tracker.console import day


class Command(Base):
    purpose = gettext_lazy("Stellt einen Zugangsschlüssel für Programme aus (Authorization: Bearer …).")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help=_("welches Programm ihn benutzt"))
        parser.add_argument(
            "--scope", action="append", choices=Scope.values, help=_("was er darf, mehrfach möglich; ohne: alles")
        )
        parser.add_argument("--municipality", metavar="ARS", help=_("die einzige Kommune, die er öffnet"))
        parser.add_argument("--until", type=day, metavar="DAY", help=_("letzter Tag"))
        parser.add_argument("--network", action="append", default=[], help=_("nur von dort, z. B. 192.0.2.0/24"))

    def deed(self, **options: Any) -> dict[str, Any]:
        user, ars = find_user(options["username"], everyone=True), options["municipality"]
        token = create_token(
            user,
            name=options["name"],
            scopes=options["scope"] or Scope.values,
            municipality=find_municipality(ars) if ars else None,
            networks=" ".join(options["network"]),
            expires_on=options["until"],
        )
        return {"username": user.username, "token": token}

    def text(self, result: dict[str, Any]) -> str:
        head = _("Zugangsschlüssel für „%(username)s“. Er wird nur dieses eine Mal gezeigt:") % result
        return f"{head}\n{result['token']}\n{_('Programme senden ihn als „Authorization: Bearer …“.')}"
