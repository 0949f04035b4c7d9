"""The feed follows counting weeks, what is counted in them and what became of them."""

from django.db import migrations

from ozg_tracker.feed.migrations._following import followed, through


class Migration(migrations.Migration):
    dependencies = [("feed", "0005_meetings_followed"), ("tracking", "0032_counting_weeks_are_kept")]
    operations = [
        followed("counting-week", "tracking_countingweek"),
        followed("counting-press", "tracking_countingpress", through("tracking_countingweek", "week_id")),
        followed("counting-step", "tracking_countingstep", through("tracking_countingweek", "week_id")),
    ]
