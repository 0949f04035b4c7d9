from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "ozg_tracker.training"
    label = "training"
    verbose_name = _("Schulungen")

    def ready(self) -> None:
        from ozg_tracker.accounts import holdings, people, waiting  # noqa: PLC0415 (models are there only now)
        from ozg_tracker.accounts.calendar import entries  # noqa: PLC0415
        from ozg_tracker.accounts.reminding import rooms  # noqa: PLC0415
        from ozg_tracker.tracking.findings import looking  # noqa: PLC0415
        from ozg_tracker.training.dates.calendar import training_entries  # noqa: PLC0415
        from ozg_tracker.training.dates.leading import listed, told  # noqa: PLC0415
        from ozg_tracker.training.own_waiting import trainings  # noqa: PLC0415
        from ozg_tracker.training.reminding.escalating import LongLate  # noqa: PLC0415
        from ozg_tracker.training.reminding.reminders import Trainings  # noqa: PLC0415
        from ozg_tracker.training.team.readiness import unready_rows  # noqa: PLC0415

        if training_entries not in entries.SOURCES:
            entries.SOURCES.append(training_entries)
            people.HOLDINGS.append(told)
            holdings.LISTED.append(listed)
            waiting.SOURCES.append(trainings)
            looking.UNREADY.append(unready_rows)
            rooms.ROOMS += [Trainings, LongLate]
