from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TrackingConfig(AppConfig):
    name = "ozg_tracker.tracking"
    label = "tracking"
    verbose_name = _("Stand der Leistungen")

    def ready(self) -> None:
        from ozg_tracker.accounts import holdings, people, waiting  # noqa: PLC0415 (models are there only now)
        from ozg_tracker.accounts.calendar import entries  # noqa: PLC0415
        from ozg_tracker.accounts.reminding import rooms  # noqa: PLC0415
        from ozg_tracker.tracking import drafts, own_services, own_waiting  # noqa: PLC0415
        from ozg_tracker.tracking.findings import own_waiting as findings  # noqa: PLC0415
        from ozg_tracker.tracking.reference import load_after_migrate  # noqa: PLC0415 (settings are ready only now)
        from ozg_tracker.tracking.reminding import Work  # noqa: PLC0415
        from ozg_tracker.tracking.rounds import leading  # noqa: PLC0415
        from ozg_tracker.tracking.rows import taking_back  # noqa: PLC0415

        if own_waiting.waiting not in waiting.SOURCES:
            waiting.SOURCES += [own_waiting.waiting, findings.found]
            entries.SOURCES.append(own_waiting.entries)
            rooms.ROOMS.insert(0, Work)  # a letter begins with the work
            people.HOLDINGS += [drafts.told, leading.told]
            holdings.LISTED += [drafts.listed, leading.listed]
            taking_back.PARTS.append(own_services.parts_of_own_services)
        post_migrate.connect(load_after_migrate, sender=self, dispatch_uid="tracking.reference")
