"""The feed follows what happens to meetings."""

from django.db import migrations

from ozg_tracker.feed.migrations._following import followed, through


class Migration(migrations.Migration):
    dependencies = [("feed", "0004_questions_followed"), ("reports", "0014_meetings_are_kept")]
    operations = [
        followed("meeting-change", "reports_meetingevent", through("reports_meeting", "meeting_id")),
    ]
