"""Something happens, is told, and stands as it does."""

from datetime import UTC, datetime, timedelta

import time_machine

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import JournalEntry
from ozg_tracker.webhooks.models import Webhook
from tests import make


def happens(*notes):
    """An event each, in the journal of the municipality."""
    for note in notes:
        journal.write(journal.Kind.RULE, municipality=make.municipality(), by=None, about=note)


def told(target):
    """What the receiver knows of `happens`, by its words, in the order in which it came."""
    words = {f"journal-entry-{pk}": about for pk, about in JournalEntry.objects.values_list("pk", "about")}
    return [words[each] for each in target.told() if each in words and words[each][:7] != "Webhook"]


def fresh(webhook):
    return Webhook.objects.get(pk=webhook.pk)


def later(**time):
    return time_machine.travel(datetime.now(UTC) + timedelta(**time), tick=False)
