"""PostgreSQL puts new events of every log down for the feed; what happened before gets its places now, by ids."""

from django.db import migrations

from ozg_tracker.feed.publishing import number_by_ids
from ozg_tracker.feed.migrations._following import CLOSING, INSTALLATION, NOT_CLOSING, followed, through

# kind, model, lookup of the time, lookup of the municipality, and how the trigger finds it
LOGS = [
    ("catalogue-import", "catalog.CatalogueImport", "applied_at", "", INSTALLATION),
    ("department-change", "accounts.DepartmentEvent", "recorded_at", "municipality", None),
    ("reorganisation", "accounts.Reorganisation", "recorded_at", "municipality", None),
    ("membership-change", "accounts.MembershipEvent", "recorded_at", "municipality", None),
    ("maturity-model-change", "accounts.MaturityModelEvent", "recorded_at", "municipality", None),
    ("deadline-change", "tracking.DeadlineEvent", "recorded_at", "municipality", None),
    (
        *("own-service-change", "tracking.OwnServiceChange", "recorded_at", "own__municipality"),
        through("tracking_ownservice", "own_id"),
    ),
    ("status-change", "tracking.StatusChange", "recorded_at", "municipality", None),
    ("comment", "tracking.Comment", "recorded_at", "municipality", None),
    ("confirmation", "tracking.Confirmation", "recorded_at", "municipality", None),
    ("finding-snoozed", "tracking.Snooze", "recorded_at", "municipality", None),
    (
        *("evidence", "tracking.Evidence", "recorded_at", "row__municipality"),
        through("tracking_municipalservice", "row_id"),
    ),
    ("round", "tracking.Round", "recorded_at", "municipality", None),
    ("round-step", "tracking.RoundStep", "recorded_at", "round__municipality", through("tracking_round", "round_id")),
    ("handover", "handover.Handover", "recorded_at", "municipality", None),
    (
        *("handover-step", "handover.HandoverStep", "recorded_at", "handover__municipality"),
        through("handover_handover", "handover_id"),
    ),
    ("training-event", "training.TrainingEvent", "recorded_at", "municipality", None),
    ("training-exemption", "training.Exemption", "recorded_at", "municipality", None),
    ("edition", "reports.Edition", "known_at", "municipality", None),
    (
        *("edition-step", "reports.EditionStep", "recorded_at", "edition__municipality"),
        through("reports_edition", "edition_id"),
    ),
    ("journal-entry", "accounts.JournalEntry", "recorded_at", "municipality", None),
]


def close(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in CLOSING:
            schema_editor.execute(statement, params=None)


def close_no_longer(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in NOT_CLOSING:
            schema_editor.execute(statement, params=None)


def number(apps, schema_editor):
    """SQLite does the same whenever somebody reads."""
    if schema_editor.connection.vendor == "postgresql":
        logs = [(kind, apps.get_model(model).objects, at, whose) for kind, model, at, whose, _source in LOGS]
        number_by_ids(logs, apps.get_model("feed", "Place").objects, {})


class Migration(migrations.Migration):
    dependencies = [
        ("feed", "0001_places"),
        ("catalog", "0001_initial"),
        ("accounts", "0012_models_are_kept"),
        ("tracking", "0026_comments_are_kept"),
        ("training", "0007_exemptions"),
        ("handover", "0001_handovers"),
        ("reports", "0007_reviews_are_kept"),
    ]
    operations = [
        migrations.RunPython(close, close_no_longer),
        *(
            followed(kind, model.replace(".", "_").lower(), *([source] if source else []))
            for kind, model, _at, _whose, source in LOGS
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
    ]
