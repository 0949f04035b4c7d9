"""Two invented years of the demo municipality: the same every time, told through the deed of real changes."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from catalog.models import MaturityLevel
from ozg_tracker.accounts.models import Department, Municipality, User
from ozg_tracker.demo.musterstadt import DEPARTMENTS
from ozg_tracker.tracking.models import MunicipalService, Responsibility, Source, State
from ozg_tracker.tracking.rows.status import Change, change_many

START_LEVELS = (None, 0, 1, 2, 3, 4)
START_WEIGHTS = (8, 24, 38, 18, 9, 3)
READY_PER_MONTH = (4, 5, 5, 6, 5, 9, 6, 8, 4, 7, 10, 8)  # of 600 services, January to December
READY_REASONS = (
    "Landesweiter Onlinedienst nachgenutzt",
    "Antragsportal der Stadt eingeführt, Nachweise lassen sich hochladen",
    "Fachverfahren angebunden, Bescheid kommt ins Nutzerkonto",
    "Bezahlung im Onlinedienst freigeschaltet",
)
BETTER_REASONS = ("Beschreibung auf der Website ergänzt", "Formular als ausfüllbare Datei bereitgestellt")
WORSE_REASONS = ("Bezahlung im Onlinedienst ist gestört", "Onlinedienst nach Umstellung vorübergehend abgeschaltet")
BLOCKED_REASONS = ("Schnittstelle zum Fachverfahren fehlt", "Landesdienst noch nicht freigegeben")


@dataclass
class Story:
    """What is known of one service while its history is told."""

    row: MunicipalService
    department: Department
    level: int | None = None
    state: State = State.OPEN


@dataclass
class Teller:
    """Collects the changes of one municipality; `levels` by number, `staff` by department."""

    municipality: Municipality
    levels: dict[int, MaturityLevel]
    staff: dict[int, list[User]]
    chance: random.Random
    changes: dict[str, list[Change]] = field(default_factory=lambda: defaultdict(list))

    def note(self, story: Story, day: date, reason: str, by: str = "leitung", **changed: object) -> None:
        self.changes[by].append(Change(row_id=story.row.pk, changes=changed, effective_on=day, reason=reason))

    def rate(self, story: Story, day: date, level: int, reason: str) -> None:
        """The service reaches or falls to `level`; the work on it follows."""
        changed: dict[str, object] = {"level": self.levels[level]}
        if level >= 3:
            changed |= {"state": State.DONE, "planned_on": None}
            changed["online_url"] = f"https://service.musterstadt.invalid/{story.row.pk}"
        elif story.state == State.DONE:
            changed["state"] = State.IN_PROGRESS
        story.level, story.state = level, State(str(changed.get("state", story.state)))
        self.note(story, day, reason, by=self._leader(story), **changed)

    def work(self, story: Story, day: date, state: State, reason: str, planned_on: date | None = None) -> None:
        story.state = state
        self.note(story, day, reason, by=self._leader(story), state=state, planned_on=planned_on)

    def _leader(self, story: Story) -> str:
        top = story.department.parent or story.department
        return {"Bürgerdienste": "leitung.buergerdienste", "Bauen und Wirtschaft": "leitung.bauen"}.get(
            top.name, "leitung.finanzen"
        )


def _months(first: date, until: date) -> Iterator[date]:
    while first <= until:
        yield first
        first = (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def _department_of(row: MunicipalService, departments: dict[str, Department]) -> Department | None:
    topics = {bundle.situation.topic.name for bundle in row.service.bundles.all()}
    for subs in DEPARTMENTS.values():
        for name, wanted in subs.items():
            if topics & set(wanted):
                return departments[name]
    return None


def _begin(teller: Teller, story: Story, day: date) -> None:
    chance = teller.chance
    level = chance.choices(START_LEVELS, START_WEIGHTS)[0]
    changed: dict[str, object] = {"department": story.department}
    if level is not None:
        changed["level"] = teller.levels[level]
        story.level = level
    if level is not None and level >= 3:
        changed |= {"state": State.DONE, "online_url": f"https://service.musterstadt.invalid/{story.row.pk}"}
    elif chance.random() < 0.3:
        changed["state"] = State.PLANNED
    if chance.random() < 0.6:
        changed["cases_per_year"] = int(10 ** chance.uniform(0.7, 3.6))
    owners = teller.staff.get(story.department.pk, [])
    if owners and chance.random() < 0.7:
        changed["owner"] = chance.choice(owners)
    story.state = State(str(changed.get("state", State.OPEN)))
    teller.note(story, day, "Erste Bestandsaufnahme", by="koordination", **changed)


def _month(teller: Teller, stories: list[Story], first: date, share: float) -> None:
    """What happens in one month: services get ready, some improve, a few fall back, plans are made."""
    chance = teller.chance

    def some_day() -> date:
        return first + timedelta(days=chance.randrange(27))

    coming = [s for s in stories if s.level is not None and s.level < 3 and s.state == State.IN_PROGRESS]
    coming = coming or [s for s in stories if s.level is not None and s.level < 3]
    wanted = max(1, round(READY_PER_MONTH[first.month - 1] * share))
    for story in chance.sample(coming, min(wanted, len(coming))):
        teller.rate(story, some_day(), chance.choice((3, 3, 3, 4)), chance.choice(READY_REASONS))
    low = [s for s in stories if s.level in (0, 1)]
    for story in chance.sample(low, min(round(6 * share), len(low))):
        teller.rate(story, some_day(), (story.level or 0) + 1, chance.choice(BETTER_REASONS))
    unrated = [s for s in stories if s.level is None]
    for story in chance.sample(unrated, min(1, len(unrated))):
        teller.rate(story, some_day(), chance.choice((0, 1, 1, 2)), "Erstmals bewertet")
    ready = [s for s in stories if s.level is not None and s.level >= 3]
    if first.month % 3 == 1 and ready:
        teller.rate(chance.choice(ready), some_day(), 2, chance.choice(WORSE_REASONS))
    waiting = [s for s in stories if s.level is not None and s.level < 3 and s.state in (State.OPEN, State.PLANNED)]
    for story in chance.sample(waiting, min(round(8 * share), len(waiting))):
        planned = first + timedelta(days=chance.randrange(60, 200))
        teller.work(story, some_day(), State.IN_PROGRESS, "In die Umsetzung genommen", planned)
    moving = [s for s in stories if s.state == State.IN_PROGRESS]
    if first.month % 4 == 2 and moving:
        teller.work(chance.choice(moving), some_day(), State.BLOCKED, chance.choice(BLOCKED_REASONS))


def tell(municipality: Municipality, first: date, until: date) -> int:
    """Record the municipality's invented history from day `first` (of a month) to `until`; returns the number of
    changes.

    Every change goes through `change_many`, in the order of its days, by the person who leads the department.
    """
    people = {user.username: user for user in User.objects.filter(memberships__municipality=municipality)}
    departments = {department.name: department for department in municipality.departments.select_related("parent")}
    staff: dict[int, list[User]] = defaultdict(list)
    for user in User.objects.filter(memberships__municipality=municipality, memberships__role="staff").order_by(
        "username"
    ):
        membership = user.memberships.get(municipality=municipality)
        staff[membership.department_id or 0].append(user)
    rows = (
        municipality.services.filter(responsibility=Responsibility.MUNICIPALITY, service__countable=True)
        .select_related("service")
        .prefetch_related("service__bundles__situation__topic")
        .order_by("service__identity")
    )
    stories = [Story(row, dept) for row in rows if (dept := _department_of(row, departments))]
    teller = Teller(
        municipality=municipality,
        levels={level.number: level for level in municipality.maturity_model.levels.all()},
        staff=staff,
        chance=random.Random("Musterstadt"),  # noqa: S311 (a story, not a secret)
    )
    for story in stories:
        _begin(teller, story, first)
    for month in _months(first, until):
        _month(teller, stories, month, len(stories) / 600)
    told = 0
    for username in sorted(teller.changes, key=lambda name: name != "koordination"):
        changes = sorted(teller.changes[username], key=lambda change: change.effective_on)
        told += len(change_many(municipality, changes, by=people[username], source=Source.SETUP))
    return told
