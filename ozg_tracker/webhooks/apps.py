from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "ozg_tracker.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        from ozg_tracker.accounts import waiting  # noqa: PLC0415 (models are there only now)
        from ozg_tracker.accounts.reminding import rooms  # noqa: PLC0415
        from ozg_tracker.webhooks.reminding import Stopped, stopped  # noqa: PLC0415

        if stopped not in waiting.SOURCES:
            waiting.SOURCES.append(stopped)
            rooms.ROOMS.append(Stopped)
