from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TrackingConfig(AppConfig):
    name = "ozg_tracker.tracking"
    label = "tracking"
    verbose_name = _("Stand der Leistungen")

    def ready(self) -> None:
        from ozg_tracker.tracking.reference import load_after_migrate  # noqa: PLC0415 (settings are ready only now)

        post_migrate.connect(load_after_migrate, sender=self, dispatch_uid="tracking.reference")
