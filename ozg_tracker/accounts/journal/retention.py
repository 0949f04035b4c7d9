"""Deleting what we may not keep: entries older than JOURNAL_RETENTION_MONTHS."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from ozg_tracker.accounts.models import JournalEntry, Municipality


def delete_old_entries(now: datetime | None = None, municipality: Municipality | None = None) -> int:
    """Delete entries of the municipality, and those of the installation, whose time is over; says how many.

    The database keeps what is younger than 180 days by its own clock, whatever the setting and `now` say.
    """
    local = timezone.localtime(now)
    months = local.year * 12 + local.month - 1 - settings.JOURNAL_RETENTION_MONTHS
    first = local.replace(year=months // 12, month=months % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)
    old = JournalEntry.objects.filter(recorded_at__lt=first)
    if municipality is not None:
        old = old.filter(municipality=municipality) | old.filter(municipality=None)
    return old._raw_delete(old.db)
