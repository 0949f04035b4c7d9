"""The feed follows numbers of cases by channel."""

from django.db import migrations

from ozg_tracker.feed.migrations._following import followed


class Migration(migrations.Migration):
    dependencies = [("feed", "0002_followed"), ("tracking", "0030_case_counts_are_kept")]
    operations = [followed("case-count", "tracking_casecount")]
