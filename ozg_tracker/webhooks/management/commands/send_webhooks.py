"""send_webhooks: what webhooks are to be told now. For cron every minute, where there is no broker."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.console import Command as Base
from ozg_tracker.webhooks.delivering import send_due


class Command(Base):
    purpose = gettext_lazy("Sendet, was Webhooks zu melden haben. Ohne Broker etwa jede Minute aufzurufen.")

    def deed(self, **options: Any) -> dict[str, Any]:
        return {"delivered": send_due()}

    def text(self, result: dict[str, Any]) -> str:
        return _("Angenommene Nachrichten an Webhooks: %(delivered)d") % result
