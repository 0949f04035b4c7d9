from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandoverConfig(AppConfig):
    name = "ozg_tracker.handover"
    label = "handover"
    verbose_name = _("Übergaben")

    def ready(self) -> None:
        from ozg_tracker.accounts import holdings, people, waiting  # noqa: PLC0415 (models are there only now)
        from ozg_tracker.handover.holding import listed, told  # noqa: PLC0415
        from ozg_tracker.handover.own_waiting import coming, in_place_of_others  # noqa: PLC0415
        from ozg_tracker.handover.parts import parts_of_handovers  # noqa: PLC0415
        from ozg_tracker.tracking.rows import taking_back  # noqa: PLC0415

        if told not in people.HOLDINGS:
            taking_back.PARTS.append(parts_of_handovers)
            people.HOLDINGS.append(told)
            holdings.LISTED.append(listed)
            waiting.SOURCES += [coming, in_place_of_others]
