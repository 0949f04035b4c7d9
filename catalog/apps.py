from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Katalog")

    def ready(self) -> None:
        from catalog.reference import load_after_migrate  # noqa: PLC0415 (settings and models are ready only now)

        post_migrate.connect(load_after_migrate, sender=self, dispatch_uid="catalog.reference")
