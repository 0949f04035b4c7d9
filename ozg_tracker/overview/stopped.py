"""What stands still without anybody having wanted it."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.overview.todo import Todo
from ozg_tracker.webhooks.models import Webhook


def stopped_webhooks(municipality: Municipality) -> Todo:
    number = Webhook.objects.stopped().filter(municipality=municipality).count()
    return Todo(
        number,
        ngettext("Webhook steht still", "Webhooks stehen still", number),
        _("Andere Programme erfahren nicht, was geschieht. Beim Fortsetzen wird alles nachgeholt."),
        reverse("webhooks"),
        ngettext("Den Webhook prüfen", "%(n)d Webhooks prüfen", number) % {"n": number},
    )
