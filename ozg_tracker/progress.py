"""How far the rows in a person's view are today, against the end of last month, and which deadline comes next."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.models import MaturityLevel
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.history import state_as_of
from ozg_tracker.tracking.models import Deadline, MunicipalService, Responsibility
from ozg_tracker.tracking.overdue import counted, in_scope, open_for
from reports.wording import number, percent

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


def progress(rows: Rows, municipality: Municipality) -> Progress:
    """How far the counted ones of `rows` are; the number of queries is constant."""
    ours = dict(counted(rows).order_by().values_list("level__number").annotate(Count("pk")))
    levels = list(municipality.maturity_model.levels.all())
    conform = municipality.maturity_model.conform_level
    relevant, ready = sum(ours.values()), sum(ours.get(each.number, 0) for each in levels if each.number >= conform)
    lines: list[tuple[int | None, str, int]] = [(each.number, str(each), ours.get(each.number, 0)) for each in levels]
    lines.append((None, _("nicht bewertet"), ours.get(None, 0)))
    last = timezone.localdate().replace(day=1) - timedelta(days=1)
    compared = _compared(ready - _ready_on(last, rows, municipality), last)
    return Progress(relevant, ready, percent(ready, relevant), conform, lines, compared)


def _ready_on(day: date, rows: Rows, municipality: Municipality) -> int:
    """How many of `rows` were ours and ready at the end of `day`."""
    wanted = set(rows.filter(service__countable=True).values_list("pk", flat=True))
    ready = set(MaturityLevel.objects.filter(number__gte=F("model__conform_level")).values_list("pk", flat=True))
    return sum(
        1
        for each in state_as_of(municipality.pk, day)
        if each.row_id in wanted and each.level_id in ready and each.responsibility == Responsibility.MUNICIPALITY
    )


def _compared(change: int, day: date) -> str:
    words = {"n": number(abs(change)), "month": date_format(day, "F")}
    if change == 0:
        return _("so viele wie Ende %(month)s") % words
    return (_("%(n)s mehr als Ende %(month)s") if change > 0 else _("%(n)s weniger als Ende %(month)s")) % words


def next_deadline(rows: Rows, municipality: Municipality) -> NextDeadline | None:
    """The next deadline to come, else the last that passed and for which any of `rows` is still open."""
    mine = list(Deadline.objects.filter(Q(municipality=None) | Q(municipality=municipality)).order_by("date", "pk"))
    today = timezone.localdate()
    coming = next((each for each in mine if each.date >= today), None)
    for each in [coming] if coming else reversed(mine):
        left = open_for(rows, [each]).count()
        if left or coming:
            whole = in_scope(rows, [each]).count()
            return NextDeadline(each, abs((each.date - today).days), left, whole, each.date < today)
    return None
