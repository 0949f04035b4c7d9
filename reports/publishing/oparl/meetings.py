"""The meetings to which published editions go: of each what is public by nature, and of no other meeting anything."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from reports.models import Committee, Edition, MeetingEvent
from reports.publishing.oparl.papers import Papers
from reports.publishing.oparl.thing import Base, Said, Thing, moment
from reports.publishing.shown import issued


class _Event(NamedTuple):
    """What held of a meeting from `recorded_at` on."""

    meeting: int
    recorded_at: datetime
    committee: int
    name: str
    named_at: datetime
    starts_at: datetime
    place: str
    month: date | None
    cancelled: bool


_COLUMNS = (
    *("meeting", "recorded_at", "committee", "committee__name", "committee__changed_at"),
    *("starts_at", "place", "month", "cancelled"),
)


class Meetings:
    """Two queries, each once it is needed. What was open once and is no longer is there as deleted; what never was, is
    not there.
    """

    def __init__(self, base: Base, papers: Papers) -> None:
        self.base, self.papers = base, papers

    @cached_property
    def _histories(self) -> dict[int, list[_Event]]:
        """All that happened to each meeting that is or was open, by its id."""
        ours = MeetingEvent.objects.filter(meeting__municipality=self.base.publication.municipality)
        going = ours.filter(month__in=self.papers.opened).values("meeting")
        found = defaultdict[int, list[_Event]](list)
        for told in ours.filter(meeting__in=going).order_by("meeting", "number").values_list(*_COLUMNS):
            found[told[0]].append(_Event(*told))
        return {pk: events for pk, events in found.items() if self._open(events)}

    def _open(self, events: list[_Event]) -> list[_Event]:
        """Those of a meeting's events after which anybody could read that it went with a published edition."""
        opened = self.papers.opened
        before = [
            event
            for event, later in pairwise(events)
            if event.month in opened and max(opened[event.month], self.base.first) < later.recorded_at
        ]
        return before + ([events[-1]] if self._goes(events) else [])

    def _goes(self, events: list[_Event]) -> bool:
        return events[-1].month in self.papers.opened

    @cached_property
    def meetings(self) -> dict[int, Thing]:
        """By the meeting's id."""
        return {pk: self._meeting(pk, events) for pk, events in self._histories.items()}

    def _meeting(self, pk: int, events: list[_Event]) -> Thing:
        now = events[-1]

        def say() -> Said:
            place = self.locations.get(pk)
            return {
                "name": now.name,
                "cancelled": now.cancelled,
                "start": moment(now.starts_at),
                **({"location": place.told(within=True)} if place and not place.deleted else {}),
                "organization": [self.base.url("organizations", now.committee)],
            }

        opened = [self.papers.opened[now.month]] if now.month in self.papers.opened else []
        modified = max([now.recorded_at, now.named_at, self.base.since, *opened])
        url = self.base.url("meetings", pk)
        return Thing("Meeting", url, events[0].recorded_at, modified, say, not self._goes(events))

    @cached_property
    def locations(self) -> dict[int, Thing]:
        """Where a meeting is, by its id: a place is that of one meeting."""
        found = {}
        for pk, events in self._histories.items():
            placed = [event for event in self._open(events) if event.place]
            if placed:
                gone = not (self._goes(events) and events[-1].place)
                found[pk] = self._location(pk, placed[0].recorded_at, events[-1].place, gone)
        return found

    def _location(self, pk: int, created: datetime, place: str, gone: bool) -> Thing:
        meeting = self.meetings[pk]
        url, back = self.base.url("locations", pk), {"meetings": [meeting.url]}
        return Thing("Location", url, created, meeting.modified, lambda: {"description": place}, gone, back)

    @cached_property
    def consultations(self) -> dict[int, list[Thing]]:
        """By the edition's id: each meeting to which its month went; the last edition's where it goes now."""
        found = defaultdict[int, list[Thing]](list)
        for pk, events in self._histories.items():
            for edition in self.papers.editions:
                began = [event.recorded_at for event in self._open(events) if event.month == edition.month]
                if began:
                    found[edition.pk].append(self._consultation(edition, pk, began[0], events[-1]))
        return found

    def _consultation(self, edition: Edition, pk: int, began: datetime, now: _Event) -> Thing:
        meeting = self.meetings[pk]
        replaced = self.papers.replaced.get(edition.pk)

        def say() -> Said:
            return {"meeting": meeting.url, "organization": [self.base.url("organizations", now.committee)]}

        created = max(issued(edition), began)
        url = self.base.url("consultations", f"{edition.month:%Y-%m}-{edition.number}-{pk}")
        modified = max(created, meeting.modified, replaced or created)
        gone = replaced is not None or now.month != edition.month
        return Thing("Consultation", url, created, modified, say, gone, {"paper": self.papers.url(edition)})

    def organizations(self) -> Iterable[Thing]:
        """The committees whose meetings these are, or were."""
        met, meets = defaultdict[int, list[Thing]](list), set[int]()
        for pk, events in self._histories.items():
            for of in {event.committee for event in self._open(events)}:
                met[of].append(self.meetings[pk])
            if self._goes(events):
                meets.add(events[-1].committee)
        for committee in Committee.objects.filter(pk__in=met).order_by("pk"):
            yield self._organization(committee, met[committee.pk], committee.pk not in meets)

    def _organization(self, committee: Committee, met: list[Thing], gone: bool) -> Thing:
        url = self.base.url("organizations", committee.pk)

        def say() -> Said:
            return {
                "body": self.base.url("bodies", self.base.addresses.ars),
                "name": committee.name,
                "organizationType": "Gremium",
                "meeting": f"{url}meetings/",
                **({"endDate": committee.ended_on.isoformat()} if committee.ended_on else {}),
            }

        modified = max([committee.changed_at, self.base.since, *(each.modified for each in met)])
        return Thing("Organization", url, committee.created_at, modified, say, gone)

    def of_committee(self, pk: str) -> list[Thing]:
        """The meetings that a committee has now."""
        return [self.meetings[each] for each, events in self._histories.items() if f"{events[-1].committee}" == pk]
