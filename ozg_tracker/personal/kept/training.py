"""Who learns what by when."""

from django.utils.translation import gettext_lazy as _

from ozg_tracker.personal.kept.phrases import COORDINATION, TRACEABLE, TRAINING, TRAINING_MONTHS
from ozg_tracker.personal.kept.table import Kept

TABLES = (
    Kept(
        "training.TrainingTask",
        TRAINING,
        ("person",),
        (
            *(
                "municipality",
                "course",
                "round",
                "rule",
                "due_within_days",
                "follows_on",
                "period_start",
                "assigned_on",
                "due_on",
            ),
            *("completed_on", "renews_on", "withdrawn_on", "suspended_until", "suspension_reason", "reason"),
            *("rejection", "course_date"),
        ),
        _("Schulungspflichten nachweisen; niemand wird zu Unrecht erinnert"),
        _("die Person; OZG-Koordination und Leitung: fällig und erledigt der laufenden Runde; der Rat nie einzeln"),
        TRAINING_MONTHS,
        concerns=True,
    ),
    Kept(
        "training.Exemption",
        TRAINING,
        ("person", "by"),
        ("municipality", "course", "starts_on", "until", "reason", "begun", "ended_on", "recorded_at"),
        _("wer zurzeit keine Schulung machen kann, wird nicht erinnert"),
        _("die Person; OZG-Koordination und Leitung; der Rat nie einzeln"),
        TRAINING_MONTHS,
        concerns=True,
    ),
    Kept(
        "training.Completion",
        TRAINING,
        ("task__person",),
        ("task", "proof", "recorded_at", "confirmed_on"),
        _("nachweisen, dass eine Schulung erledigt ist"),
        _("die Person; OZG-Koordination; Leitung ohne den Nachweis"),
        TRAINING_MONTHS,
        concerns=True,
    ),
    Kept(
        "training.TrainingEvent",
        TRAINING,
        ("task__person", "by"),
        (
            *("municipality", "task", "kind", "effective_on", "recorded_at", "reason", "due_on", "completed_on"),
            *("withdrawn_on", "suspended_until"),
        ),
        TRACEABLE,
        _("die Person; OZG-Koordination"),
        TRAINING_MONTHS,
        concerns=True,
    ),
    Kept(
        "training.NamedPerson",
        TRAINING,
        ("person",),
        ("requirement",),
        _("eine Schulungspflicht nur für einzelne Personen"),
        COORDINATION,
        _("bis die Schulungspflicht aufgehoben ist"),
        concerns=True,
    ),
    Kept(
        "training.Reminder",
        TRAINING,
        ("task__person",),
        ("task", "stage", "due_on", "claimed_at", "sent_at", "failed_at"),
        _("jede Stufe nur einmal anmahnen"),
        _("niemand"),
        TRAINING_MONTHS,
        concerns=True,
        called=_("Erinnerungen"),
    ),
)
