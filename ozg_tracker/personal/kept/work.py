"""What people do with services and reports."""

from django.utils.translation import gettext_lazy as _

from ozg_tracker.personal.kept.phrases import ALL_OF_ROWS, ALWAYS, TRACEABLE, WORK
from ozg_tracker.personal.kept.table import Kept

TABLES = (
    Kept(
        "tracking.MunicipalService",
        WORK,
        ("owner",),
        ("municipality", "service"),
        _("wer die Leistung bearbeitet und meldet"),
        ALL_OF_ROWS,
        _("bis zur Übergabe, dann in der Historie"),
        besides=(
            *("responsibility", "department", "state", "level", "planned_on", "online_url", "cases_per_year", "note"),
            "version",
        ),
    ),
    Kept(
        "handover.Handover",
        WORK,
        ("giver", "by"),
        ("municipality", "why", "starts_on", "until", "message", "recorded_at"),
        _("nichts bleibt bei einer Person, die nicht handeln kann"),
        _("OZG-Koordination; wer übergibt, übernimmt oder vertritt"),
        ALWAYS,
        concerns=True,
    ),
    Kept(
        "handover.HandoverItem",
        WORK,
        ("receiver", "handover__giver"),
        ("row",),
        _("nichts bleibt bei einer Person, die nicht handeln kann"),
        _("OZG-Koordination; wer übergibt, übernimmt oder vertritt"),
        ALWAYS,
        besides=("handover",),
        concerns=True,
    ),
    Kept(
        "handover.HandoverStep",
        WORK,
        ("by", "handover__giver"),
        ("kind", "recorded_at"),
        TRACEABLE,
        _("OZG-Koordination; wer übergibt, übernimmt oder vertritt"),
        ALWAYS,
        besides=("handover", "moved", "left"),
        concerns=True,
    ),
    Kept(
        "tracking.StatusChange",
        WORK,
        ("owner", "by"),
        ("municipality", "row", "effective_on", "recorded_at", "reason", "source"),
        TRACEABLE,
        ALL_OF_ROWS,
        ALWAYS,
        besides=(
            *("responsibility", "department", "state", "level", "planned_on", "online_url", "cases_per_year", "note"),
            "version",
        ),
    ),
    Kept(
        "tracking.OwnServiceChange",
        WORK,
        ("by",),
        ("kind", "name", "recorded_at", "reason"),
        TRACEABLE,
        ALL_OF_ROWS,
        ALWAYS,
        besides=("own",),
    ),
    Kept(
        "tracking.MunicipalitySuccession",
        WORK,
        ("by",),
        ("municipality", "accepted", "decided_at", "reason"),
        TRACEABLE,
        ALL_OF_ROWS,
        ALWAYS,
        besides=("succession",),
    ),
    Kept(
        "reports.Edition",
        WORK,
        ("frozen_by", "approved_by"),
        ("municipality", "month", "number", "known_at", "approved_at", "correction_reason"),
        _("wer einen Bericht festgeschrieben und genehmigt hat"),
        _("OZG-Koordination; ohne Namen alle, die den Bericht lesen"),
        ALWAYS,
        besides=("figures", "sha256", "previous_sha256", "catalogue_import", "differences", "state"),
    ),
)
