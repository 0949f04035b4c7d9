"""The journal in the API."""

from typing import cast

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ozg_tracker.accounts.filters import JournalFilter
from ozg_tracker.accounts.journal.reading import tell_read
from ozg_tracker.accounts.models import JournalEntry, User
from ozg_tracker.api.views import Collection, Rows


class JournalEntrySerializer(serializers.ModelSerializer[JournalEntry]):
    before = serializers.DictField(child=serializers.CharField())
    after = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = JournalEntry
        fields = (
            *("id", "municipality", "recorded_at", "kind", "way", "by", "person", "about", "before", "after"),
            "reason",
        )


class Journal(Collection):
    """Wer was an Personen, Rechten, Fachbereichen, Fristen, Regeln und Schlüsseln geändert hat, soweit Sie es sehen."""

    serializer_class = JournalEntrySerializer
    filterset_class = JournalFilter
    ordering = "-id"
    orderings = ("id", "recorded_at")

    def get_queryset(self) -> QuerySet[JournalEntry]:
        return JournalEntry.objects.visible_to(self.request.user)

    def told(self, rows: Rows) -> None:
        by = cast("User", self.request.user)
        tell_read(_("Journal"), (row["municipality"] for row in rows if by.pk not in (row["by"], row["person"])), by=by)
