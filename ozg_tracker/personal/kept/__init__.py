"""Every table in which people appear, field by field: why it is kept, who sees it, how long. A test walks all models
and fails for a field without its place here.
"""

from ozg_tracker.personal.kept import journal, people, reports, rules, training, work
from ozg_tracker.personal.kept.phrases import GROUPS
from ozg_tracker.personal.kept.table import Kept

KEPT = (  # in the order of their groups
    *people.TABLES,
    *training.TABLES,
    *work.TABLES,
    *reports.TABLES,
    *rules.TABLES,
    *journal.TABLES,
)

__all__ = ["GROUPS", "KEPT", "Kept"]
