"""What can be missing or wrong in a row: each finding is one expression of the database, here and nowhere else.

A rule is asked of rows as they are today, or of the events that held on an earlier day (`At`), so that the list, the
filter of the grid, the state before a report and the months behind are counted by the same words. What counts, is
ready, rated or late is said in `ozg_tracker.tracking.rows.counting`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Exists, F, IntegerChoices, OuterRef, Q, Subquery
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Membership, MembershipEvent, who_may
from ozg_tracker.accounts.models.roles import Deed
from ozg_tracker.tracking.models import Confirmation, Evidence, State, StatusChange
from ozg_tracker.tracking.rows.claims import newest_entry_online
from ozg_tracker.tracking.rows.counting import (
    AWAITS_RATING,
    COUNTS,
    NOT_RATED,
    NOT_READY,
    READY,
    STANDS,
    UNCLEAR,
    late,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

YEARS_SAME = 3
TENFOLD = 10
TEAM_UNREADY = "team_unready"


class Severity(IntegerChoices):
    ERROR = 3, _("Fehler")
    WARNING = 2, _("Warnung")
    HINT = 1, _("Hinweis")


@dataclass(frozen=True)
class At:
    """Of what a rule is asked, and for which day: rows as they stand, or (`past`) the events that held then.

    `unready`: the rows (ids) whose team is not ready, which only today is known.
    """

    day: date
    past: bool = False
    unready: frozenset[int] = frozenset()

    @property
    def row(self) -> str:
        """What the row's id is called where the rule looks."""
        return "row" if self.past else "pk"

    def told(self, condition: Q) -> Q:
        """A condition on rows in the words of whatever is asked."""
        return _of_events(condition) if self.past else condition

    def events(self) -> Any:
        """The events of the same row up to the day."""
        same = {"municipality": OuterRef("municipality"), "row": OuterRef(self.row)}
        return StatusChange.objects.filter(**same, effective_on__lte=self.day)

    @property
    def ends(self) -> datetime:
        """The instant after the day."""
        return timezone.make_aware(datetime.combine(self.day, time.max))


def _of_events(condition: Q) -> Q:
    copy = Q()
    copy.connector, copy.negated = condition.connector, condition.negated
    for child in condition.children:
        if isinstance(child, Q):
            copy.children.append(_of_events(child))
        else:
            name, value = child  # type: ignore[misc]
            copy.children.append((f"row__{name}" if name.startswith("service__") else name, value))
    return copy


@dataclass(frozen=True)
class Rule:
    """`holds`: the expression. `deed`: what mends it, and `place` where; without one, the grid shows these rows with
    `columns`.
    """

    code: str
    severity: Severity
    title: "StrOrPromise"
    hint: "StrOrPromise"
    deed: "StrOrPromise"
    holds: Callable[[At], Q]
    columns: tuple[str, ...] = ()
    place: str = ""

    @property
    def address(self) -> str:
        """Where it is mended in one step."""
        if self.place:
            return self.place
        shown = "".join(f"&columns={name}" for name in self.columns)
        return f"/leistungen/?finding={self.code}{shown}"


def cannot_act(at: At) -> Q:
    """Somebody is responsible who has left, or whose role has no hand in rows."""
    readers = who_may(Deed.READ_ROWS)
    here = {"user": OuterRef("owner"), "municipality": OuterRef("municipality")}
    if not at.past:
        held: Any = Membership.objects.filter(**here, user__is_active=True, role__in=readers)
    else:
        last = MembershipEvent.objects.filter(
            user=OuterRef("user"), municipality=OuterRef("municipality"), effective_on__lte=at.day
        ).order_by("-effective_on", "-pk")
        held = MembershipEvent.objects.filter(**here, role__in=readers, pk=Subquery(last.values("pk")[:1]))
    return Q(owner__isnull=False) & ~Q(Exists(held))


def _contradicts(at: At) -> Q:
    entries = Evidence.objects.filter(kind=Evidence.Kind.DIRECTORY, found_on__lte=at.day)
    known = Q(Exists(entries.filter(row__municipality=OuterRef("municipality"))))
    online = newest_entry_online(at.row, at.day)
    return at.told(COUNTS) & ((READY & ~online & known) | (NOT_READY & online))  # dearest last: asked of few


def _blocked_without_reason(at: At) -> Q:
    told = at.events().filter(state=State.BLOCKED).exclude(reason="")
    return at.told(COUNTS) & Q(state=State.BLOCKED) & ~Q(Exists(told))


def _unconfirmed(at: At) -> Q:
    since = _months_before(at.day, settings.CONFIRM_AFTER_MONTHS)
    begins = timezone.make_aware(datetime.combine(since, time.min))
    lately = Q(recorded_at__gte=begins, recorded_at__lte=at.ends)
    changed = at.events().filter(lately | Q(effective_on__gt=since), by__isnull=False)
    same = {"municipality": OuterRef("municipality"), "row": OuterRef(at.row)}
    confirmed = Confirmation.objects.standing().filter(lately, **same)
    return at.told(COUNTS) & ~Q(Exists(changed)) & ~Q(Exists(confirmed))


def _jumped(at: At) -> Q:
    """The number of cases, when it was first said, was ten times or a tenth of the one before it."""
    first = StatusChange.objects.filter(
        municipality=OuterRef("municipality"),
        row=OuterRef("row"),
        effective_on__lte=at.day,
        cases_per_year=OuterRef(OuterRef("cases_per_year")),
    )
    version = Subquery(first.order_by("version").values("version")[:1])
    before = at.events().filter(version=version - 1, cases_per_year__gt=0)
    # divided, not multiplied: ten times the largest number is too large for the database
    far = Q(cases_per_year__lte=OuterRef("cases_per_year") / TENFOLD) | Q(
        GreaterThanOrEqual(F("cases_per_year") / TENFOLD, OuterRef("cases_per_year"))
    )
    return at.told(COUNTS) & Q(cases_per_year__gt=0) & Q(Exists(before.filter(far)))


def _same_for_years(at: At) -> Q:
    since = _months_before(at.day, 12 * YEARS_SAME)
    same = Q(cases_per_year=OuterRef("cases_per_year"))
    said = at.events().filter(same, effective_on__lte=since)
    other = at.events().filter(effective_on__gt=since).exclude(same)
    return at.told(COUNTS) & Q(cases_per_year__gt=0) & Q(Exists(said)) & ~Q(Exists(other))


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, min(day.day, 28))


_RULES = (
    Rule(
        "ready_without_address",
        Severity.ERROR,
        _("Fertig ohne Online-Adresse"),
        _("Im Bericht zählen sie, nachprüfen kann sie niemand."),
        _("Adressen eintragen"),
        lambda at: at.told(COUNTS) & READY & Q(online_url=""),
        ("online_url", "state", "level", "owner"),
    ),
    Rule(
        "contradicts",
        Severity.ERROR,
        _("Angabe widerspricht dem öffentlichen Verzeichnis"),
        _("Wir sagen online, das Verzeichnis nicht, oder umgekehrt."),
        _("Nachweise prüfen"),
        _contradicts,
        place="/nachweise/?verdict=contradicts",
    ),
    Rule(
        "owner_left",
        Severity.ERROR,
        _("Zuständige Person kann nicht handeln"),
        _("Sie ist ausgeschieden oder darf Leistungen nicht bearbeiten; Erinnerungen erreichen niemanden."),
        _("Personen zuordnen"),
        cannot_act,
        ("owner", "department", "state", "level"),
    ),
    Rule(
        "done_below",
        Severity.ERROR,
        _("Stand „fertig“ unter dem Reifegrad dafür"),
        _("Ist die Leistung wirklich fertig?"),
        _("Stand prüfen"),
        lambda at: at.told(COUNTS) & Q(state=State.DONE) & NOT_READY,
        ("state", "level", "online_url"),
    ),
    Rule(
        "planned_passed",
        Severity.WARNING,
        _("Termin vorbei, noch nicht fertig"),
        _("Ein verstrichener Termin gilt nie von selbst als erledigt."),
        _("Termine nachtragen"),
        lambda at: at.told(late(at.day)),
        ("planned_on", "state", "level", "owner"),
    ),
    Rule(
        TEAM_UNREADY,
        Severity.WARNING,
        _("Geht online, aber das Team ist nicht bereit"),
        _("Binnen zwei Wochen oder schon jetzt online, und im Team fehlen verlangte Schulungen."),
        _("Termine prüfen"),
        lambda at: at.told(COUNTS) & Q(**{f"{at.row}__in": sorted(at.unready)}),
        ("planned_on", "state", "owner", "department"),
    ),
    Rule(
        "planned_without_date",
        Severity.WARNING,
        _("Geplant ohne Termin"),
        _("Der Bericht kann nicht sagen, wann sie kommen."),
        _("Termine nachtragen"),
        lambda at: at.told(COUNTS) & NOT_READY & Q(state=State.PLANNED, planned_on=None),
        ("planned_on", "state", "level", "owner"),
    ),
    Rule(
        "blocked_without_reason",
        Severity.WARNING,
        _("Blockiert ohne Begründung"),
        _("Der Rat fragt, woran es liegt."),
        _("Begründung angeben"),
        _blocked_without_reason,
        ("state", "note", "owner"),
    ),
    Rule(
        "not_rated",
        Severity.WARNING,
        _("Nicht bewertet"),
        _("Zählen im Bericht als „nicht bewertet“, nicht als Reifegrad 0."),
        _("Reifegrade angeben"),
        lambda at: at.told(COUNTS) & NOT_RATED,
        ("level", "state", "owner"),
    ),
    Rule(
        "other_model",
        Severity.WARNING,
        _("Nach einem anderen Reifegradmodell bewertet"),
        _("Umgerechnet wird nichts; sie warten auf eine neue Bewertung."),
        _("Neu bewerten"),
        lambda at: at.told(COUNTS) & AWAITS_RATING,
        ("level", "state", "owner"),
    ),
    Rule(
        "responsibility_unclear",
        Severity.WARNING,
        _("Zuständigkeit ungeklärt"),
        _("Solange sie ungeklärt sind, zählen diese Leistungen nirgends mit."),
        _("Zuständigkeit klären"),
        lambda at: at.told(UNCLEAR & STANDS),
        place="/leistungen/klaeren/",
    ),
    Rule(
        "no_owner",
        Severity.WARNING,
        _("Niemand ist zuständig"),
        _("Änderungen und Erinnerungen erreichen niemanden."),
        _("Personen zuordnen"),
        lambda at: at.told(COUNTS) & Q(owner=None),
        ("owner", "department", "state", "level"),
    ),
    Rule(
        "no_department",
        Severity.WARNING,
        _("Keinem Fachbereich zugeordnet"),
        _("Im Bericht stehen sie „ohne Fachbereich“."),
        _("Fachbereiche zuordnen"),
        lambda at: at.told(COUNTS) & Q(department=None),
        ("department", "owner", "state", "level"),
    ),
    Rule(
        "unconfirmed",
        Severity.HINT,
        _("Lange nicht bestätigt"),
        _("Seit %(months)s Monaten hat niemand gesagt, ob die Angaben noch stimmen."),
        _("Ansehen und bestätigen"),
        _unconfirmed,
        place="/datenqualitaet/unconfirmed/",
    ),
    Rule(
        "cases_jump",
        Severity.HINT,
        _("Fälle springen um das Zehnfache"),
        _("Meist ein Tippfehler, zum Beispiel 1.240 und 12.400."),
        _("Zahlen prüfen"),
        _jumped,
        ("cases_per_year", "note"),
    ),
    Rule(
        "cases_same",
        Severity.HINT,
        _("Seit drei Jahren dieselben Fälle"),
        _("Hat jemand nachgezählt?"),
        _("Zahlen nachtragen"),
        _same_for_years,
        ("cases_per_year", "note"),
    ),
    Rule(
        "cases_unknown",
        Severity.HINT,
        _("Fälle pro Jahr unbekannt"),
        _("Die nach Fällen gewichtete Quote kennt sie nicht."),
        _("Zahlen nachtragen"),
        lambda at: at.told(COUNTS) & Q(cases_per_year=None),
        ("cases_per_year", "note"),
    ),
)  # the gravest first
RULES: Mapping[str, Rule] = {rule.code: rule for rule in _RULES}
