from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReorganisingConfig(AppConfig):
    name = "ozg_tracker.reorganising"
    label = "reorganising"
    verbose_name = _("Umbauten")

    def ready(self) -> None:
        from ozg_tracker.accounts import holdings, people  # noqa: PLC0415 (models are there only now)
        from ozg_tracker.reorganising.holding import listed, told  # noqa: PLC0415

        if told not in people.HOLDINGS:
            people.HOLDINGS.append(told)
            holdings.LISTED.append(listed)
