"""What a list of people means for a municipality: who is new, what changes of whom, who is missing, what is wrong."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.problems import Problem, Severity
from ozg_tracker.accounts.access import membership
from ozg_tracker.accounts.memberships import AHEAD, EARLIEST, Held
from ozg_tracker.accounts.models import Deed, Municipality, Role, User
from ozg_tracker.accounts.signing_in.passwords import unusable_password
from ozg_tracker.api.days import day_in
from ozg_tracker.people_list.known import Known, People, people_of
from ozg_tracker.people_list.reading import Line, List

ROLES = {
    **{str(role.label).casefold(): role for role in Role},
    **{role.value: role for role in Role},
    "koordination": Role.COORDINATOR,
    "sachbearbeiter": Role.STAFF,
    "sachbearbeiterin": Role.STAFF,
    "leiter": Role.MANAGER,
    "leiterin": Role.MANAGER,
    "rat": Role.COUNCIL,
}
NAMES = ("first_name", "last_name")


@dataclass
class Wish:
    """What a line asks for; `known` None: a person to be taken in. `changes`: field to before and after, in words."""

    line: Line
    user: User
    held: Held
    day: date
    until: date | None = None
    known: Known | None = None
    number: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    moves: bool = False
    ends: bool = False


@dataclass
class Unknown:
    """A department that the list names and the municipality has not: as written, in which lines, what is alike, and
    what was decided: the name of a department, "" to leave its lines out, None: nothing yet.
    """

    name: str
    rows: list[int] = field(default_factory=list)
    like: list[str] = field(default_factory=list)
    instead: str | None = None


@dataclass
class Plan:
    rows: int = 0
    new: list[Wish] = field(default_factory=list)
    changed: list[Wish] = field(default_factory=list)
    unchanged: int = 0
    missing: list[User] = field(default_factory=list)
    unknown: dict[str, Unknown] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        return any(problem.severity == Severity.ERROR for problem in self.problems)


class _Wrong(Exception):
    def __init__(self, code: str, message: str, column: str = "") -> None:
        super().__init__(message)
        self.code, self.column = code, column


class _LeftOut(Exception):
    """Somebody chose to leave the line out."""


class Planner:
    """`instead`: of a department that is not known, which other is meant; "" leaves its lines out."""

    def __init__(
        self, municipality: Municipality, listed: List, by: User | None, instead: Mapping[str, str] | None = None
    ) -> None:
        self.listed, self.by = listed, by
        self.instead = {name.casefold(): meant.strip() for name, meant in (instead or {}).items()}
        self.known: People = people_of(municipality)
        departments = list(municipality.departments.values_list("pk", "name", "ended"))
        self.departments = {name.casefold(): pk for pk, name, ended in departments if not ended}
        self.names = {pk: name for pk, name, _ended in departments}
        self.usernames = {name.casefold() for name in User.objects.values_list("username", flat=True)}
        held = membership(by, municipality) if by else None
        self.operates = by is None or (held is not None and Deed.OPERATE in held.deeds)
        self.asks_second = by is not None and municipality.asks_second_coordinator
        self.today = timezone.localdate()
        self.plan = Plan(rows=len(listed.lines), problems=list(listed.problems))
        self.seen: dict[int, int] = {}
        self.told: dict[str, int] = {}

    def run(self) -> Plan:
        for line in self.listed.lines:
            try:
                self._take(line)
            except _LeftOut:
                message = _("Die Zeile bleibt weg, wie gewählt: Ihr Fachbereich ist hier nicht bekannt.")
                self._problem("left_out", message, line, "department", Severity.WARNING)
            except _Wrong as wrong:
                self._problem(wrong.code, str(wrong), line, wrong.column)
        named = {Role.MANAGER, Role.STAFF} | {wish.held.role for wish in [*self.plan.new, *self.plan.changed]}
        here = [each for each in self.known.all if each.user.pk not in self.seen and each.on(self.today).role in named]
        self.plan.missing = sorted((each.user for each in here), key=str)
        return self.plan

    def _problem(self, code: str, message: str, line: Line, column: str = "", severity: str = Severity.ERROR) -> None:
        word = self.listed.columns.get(column)
        self.plan.problems.append(Problem(code, message, severity, self.listed.sheet, line.row, word))

    def _take(self, line: Line) -> None:
        values = line.values
        known = self._find(line)
        if not (values.get("email") or values.get("staff_number")):
            raise _Wrong("not_named", _("Die Zeile hat weder E-Mail noch Personalnummer."), "email")
        for name in ("staff_number", "email"):
            word = values.get(name, "").casefold()
            if word and self.told.setdefault(word, line.row) != line.row:
                message = _("„%(word)s“ steht schon in Zeile %(row)d; diese Zeile bleibt weg.")
                words = {"word": word[:60], "row": self.told[word]}
                self._problem("duplicate_row", message % words, line, name, Severity.WARNING)
                return
        if known is not None and self.seen.setdefault(known.user.pk, line.row) != line.row:
            message = _("„%(person)s“ steht schon in Zeile %(row)d; diese Zeile bleibt weg.")
            words = {"person": known.user, "row": self.seen[known.user.pk]}
            self._problem("duplicate_row", message % words, line, "", Severity.WARNING)
            return
        day = self._day(line, "effective_on")
        before = known.on(day or self.today) if known else Held()
        held = self._held(line, before if before.role or known is None else known.usual)
        wish = Wish(line, known.user if known else self._new(line), held, day or self.today)
        wish.known, wish.until, wish.number = known, self._day(line, "until"), values.get("staff_number", "")
        self._check(wish, before)
        if known is None:
            self.plan.new.append(wish)
        elif self._compare(wish, before, known, bool(day)):
            self.plan.changed.append(wish)
        else:
            self.plan.unchanged += 1

    def _find(self, line: Line) -> Known | None:
        """By staff number, else by address: the number is the municipality's own, an address may change."""
        number, email = line.values.get("staff_number", ""), line.values.get("email", "").casefold()
        by_number = self.known.by_number.get(number) if number else None
        by_email = self.known.by_email.get(email, []) if email else []
        if by_number is not None:
            return by_number
        if len(by_email) > 1:
            raise _Wrong("ambiguous", _("Diese Adresse haben hier mehrere Personen."), "email")
        if by_email and number and by_email[0].number and by_email[0].number != number:
            message = _("Die Adresse gehört „%(person)s“ mit der Personalnummer %(number)s.")
            raise _Wrong(
                "ambiguous", message % {"person": by_email[0].user, "number": by_email[0].number}, "staff_number"
            )
        return by_email[0] if by_email else None

    def _day(self, line: Line, column: str) -> date | None:
        text = line.values.get(column, "")
        if not text:
            return None
        try:
            day = day_in(text.split(" ")[0].split("T")[0])
        except ValueError as error:
            raise _Wrong("invalid_day", str(error), column) from error
        if not EARLIEST <= day <= self.today + AHEAD:
            raise _Wrong("strange_day", _("Dieser Tag liegt zu weit weg. Bitte prüfen Sie das Jahr."), column)
        return day

    def _held(self, line: Line, before: Held) -> Held:
        role, department = line.values.get("role", ""), line.values.get("department", "")
        given = ROLES.get(role.casefold())
        if role and given is None:
            message = _("Die Rolle „%(role)s“ gibt es nicht. Möglich sind: %(roles)s.")
            roles = ", ".join(str(each.label) for each in Role if each != Role.OPERATOR)
            raise _Wrong("unknown_role", message % {"role": role[:60], "roles": roles}, "role")
        place = self._place(line, department) if department else before.department
        return Held((given or before.role or Role.STAFF), place)

    def _place(self, line: Line, name: str) -> int:
        """The department of this name, or the one that was chosen for it."""
        place = self.departments.get(name.casefold())
        if place is not None:
            return place
        found = self.plan.unknown.setdefault(name.casefold(), Unknown(name))
        if not found.rows:
            words = {each.casefold(): each for each in self.names.values() if each.casefold() in self.departments}
            found.like = [words[each] for each in get_close_matches(name.casefold(), words, 3)]
            found.instead = self.instead.get(name.casefold())
        found.rows.append(line.row)
        if found.instead == "":
            raise _LeftOut
        place = self.departments.get((found.instead or "").casefold())
        if place is None:
            message = _("Den Fachbereich „%(name)s“ gibt es hier nicht oder nicht mehr.")
            raise _Wrong("unknown_department", message % {"name": (found.instead or name)[:80]}, "department")
        return place

    def _check(self, wish: Wish, before: Held) -> None:
        if wish.held.role == Role.MANAGER and wish.held.department is None:
            raise _Wrong("no_department", _("Eine Leitung braucht einen Fachbereich."), "department")
        if Role.OPERATOR in (wish.held.role, before.role) and wish.held != before and not self.operates:
            message = _("Die Rolle Betrieb gilt für die ganze Installation; nur der Betrieb vergibt sie.")
            raise _Wrong("operator", message, "role")
        if self.asks_second and wish.held.role == Role.COORDINATOR != before.role:
            message = _(
                "Hier bestätigt eine zweite Person jede neue Koordination. Bitte lassen Sie die Rolle in der Liste weg "
                "und ändern Sie sie auf der Seite der Person."
            )
            raise _Wrong("second_coordinator", message, "role")
        own = self.by is not None and wish.user.pk == self.by.pk
        if own and (wish.held.role != before.role or wish.until is not None):
            message = _("Die eigene Rolle ändert oder beendet jemand anderes aus Koordination oder Betrieb.")
            raise _Wrong("yourself", message, "role")
        if wish.until is not None and wish.until < wish.day:
            raise _Wrong("until_before_start", _("Der letzte Tag liegt vor dem ersten."), "until")

    def _compare(self, wish: Wish, before: Held, known: Known, dated: bool) -> bool:
        """What the line changes of the person; a day that is named and has come is no change by itself."""
        wish.moves = before != wish.held
        if before.role != wish.held.role:
            wish.changes.append((_("Rolle"), _role(before.role), _role(wish.held.role)))
        if before.department != wish.held.department:
            names = self.names
            before_name, name = names.get(before.department or 0, "–"), names.get(wish.held.department or 0, "–")
            wish.changes.append((_("Fachbereich"), before_name, name))
        self._compare_names(wish, known)
        if wish.number and wish.number != known.number:
            wish.changes.append((_("Personalnummer"), known.number or "–", wish.number))
        if wish.until is not None and known.on(wish.until + timedelta(days=1)).role:
            wish.ends = True
            wish.changes.append((_("Bis"), _("offen"), f"{wish.until:%d.%m.%Y}"))
        return bool(wish.changes)

    def _compare_names(self, wish: Wish, known: Known) -> None:
        email = wish.line.values.get("email", "")
        if email and email.casefold() != known.user.email.casefold():
            message = _("„%(person)s“ hat hier eine andere Adresse. Sie bleibt; geändert wird sie bei der Person.")
            self._problem("email_differs", message % {"person": known.user}, wish.line, "email", Severity.WARNING)
        for name, label in zip(NAMES, (_("Vorname"), _("Nachname")), strict=True):
            given, held = wish.line.values.get(name, ""), getattr(known.user, name)
            if not given or given == held:
                continue
            if known.elsewhere:
                message = _("„%(person)s“ hat auch in einer anderen Kommune eine Rolle; der Name bleibt.")
                self._problem("elsewhere", message % {"person": known.user}, wish.line, name, Severity.WARNING)
                continue
            setattr(wish.user, name, given)
            wish.changes.append((label, held or "–", given))
        self._refuse_wrong(wish.user)

    def _new(self, line: Line) -> User:
        values = line.values
        fields = {name: values.get(name, "") for name in (*NAMES, "email")}
        user = User(username=self._username(line), password=unusable_password(), **fields)
        self._refuse_wrong(user)
        return user

    def _refuse_wrong(self, user: User) -> None:
        try:
            user.clean_fields(exclude=["password"])
        except ValidationError as error:
            name, sentences = next(iter(error.message_dict.items()))
            raise _Wrong("invalid", sentences[0], name) from error

    def _username(self, line: Line) -> str:
        """As the list says, else of the address or the name; never one that is taken."""
        values = line.values
        if given := values.get("username", ""):
            if given.casefold() in self.usernames:
                raise _Wrong("name_taken", _("Diesen Benutzernamen gibt es schon."), "username")
            self.usernames.add(given.casefold())
            return given
        names = ".".join(filter(None, (values.get(name, "") for name in NAMES)))
        wanted = _plain(values.get("email", "").split("@")[0] or names or values.get("staff_number", "")) or "person"
        number, name = 1, wanted
        while name in self.usernames:
            number, name = number + 1, f"{wanted}{number + 1}"
        self.usernames.add(name)
        return name


def _role(role: str) -> str:
    return str(Role(role).label) if role else "–"


_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_GERMAN)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9.@+_-]+", ".", folded).strip(".")[:140]
