from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from ozg_tracker.accounts import waiting  # noqa: PLC0415
        from ozg_tracker.accounts.calendar import entries  # noqa: PLC0415
        from ozg_tracker.accounts.reminding import rooms  # noqa: PLC0415
        from ozg_tracker.reorganising import telling  # noqa: PLC0415 (models are there only now)
        from reports.editions.own_waiting import reports  # noqa: PLC0415
        from reports.editions.since import months_since  # noqa: PLC0415
        from reports.meetings.calendar import meeting_entries  # noqa: PLC0415
        from reports.reminding import Reports  # noqa: PLC0415

        if months_since not in telling.EDITIONS:
            telling.EDITIONS.append(months_since)
            waiting.SOURCES.append(reports)
            rooms.ROOMS.append(Reports)
            entries.SOURCES.append(meeting_entries)
