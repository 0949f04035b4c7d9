"""How far the rows in a person's view are today, against the end of last month, and which deadline comes next."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Deadline, MunicipalService
from ozg_tracker.tracking.rows.as_of import state_as_of
from ozg_tracker.tracking.rows.counting import COUNTS, is_ours, ready_levels
from ozg_tracker.tracking.rows.overdue import in_scope, open_for, scope_is_known
from reports.telling.wording import number, percent

Rows = QuerySet[MunicipalService]


@dataclass(frozen=True)
class Progress:
    """`ready` of `relevant`, each level with its number and name, and the change since last month's end in words."""

    relevant: int
    ready: int
    percent: str
    conform: int
    levels: list[tuple[int | None, str, int]]
    compared: str

    @property
    def bar(self) -> list[tuple[int | None, int]]:
        return [(number, count) for number, _name, count in self.levels]


@dataclass(frozen=True)
class NextDeadline:
    deadline: Deadline
    days: int
    open: int
    in_scope: int
    late: bool
    known: bool = True  # whether anybody can know what it applies to


def progress(rows: Rows, municipality: Municipality) -> Progress:
    """How far the counted ones of `rows` are; the number of queries is constant."""
    relevant_rows = rows.filter(COUNTS).order_by()
    by_level = dict(relevant_rows.values_list("level").annotate(Count("pk")))
    levels, ready_ids = list(municipality.maturity_model.levels.all()), ready_levels()
    conform = municipality.maturity_model.conform_level
    relevant, ready = sum(by_level.values()), sum(by_level.get(pk, 0) for pk in ready_ids)
    lines: list[tuple[int | None, str, int]] = [(each.number, str(each), by_level.get(each.pk, 0)) for each in levels]
    lines.append((None, _("nicht bewertet"), by_level.get(None, 0)))
    last = timezone.localdate().replace(day=1) - timedelta(days=1)
    compared = _compared(ready - _ready_on(last, rows, municipality, ready_ids), last)
    return Progress(relevant, ready, percent(ready, relevant), conform, lines, compared)


def _ready_on(day: date, rows: Rows, municipality: Municipality, ready: set[int]) -> int:
    """How many of `rows` counted and were ready at the end of `day`, by today's catalogue."""
    stood = rows.filter(Q(service__retired_on=None) | Q(service__retired_on__gt=day), service__countable=True)
    wanted = set(stood.values_list("pk", flat=True))
    states = state_as_of(municipality.pk, day)
    return sum(1 for each in states if each.row_id in wanted and each.level_id in ready and is_ours(each))


def _compared(change: int, day: date) -> str:
    words = {"n": number(abs(change)), "month": date_format(day, "F")}
    if change == 0:
        return _("so viele wie Ende %(month)s") % words
    return (_("%(n)s mehr als Ende %(month)s") if change > 0 else _("%(n)s weniger als Ende %(month)s")) % words


def next_deadline(rows: Rows, municipality: Municipality) -> NextDeadline | None:
    """The next deadline to come, else the last that passed and for which any of `rows` is still open."""
    mine = list(
        Deadline.objects.standing().filter(Q(municipality=None) | Q(municipality=municipality)).order_by("date", "pk")
    )
    today = timezone.localdate()
    coming = next((each for each in mine if each.date >= today), None)
    for each in [coming] if coming else reversed(mine):
        left = open_for(rows, [each]).count()
        if left or coming:
            whole = in_scope(rows, [each]).count()
            days = abs((each.date - today).days)
            return NextDeadline(each, days, left, whole, each.date < today, scope_is_known(each))
    return None
