"""Each thing is said to each person once: what was said, what is to be said now, and for how long that is kept."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.accounts.models.letters import Letter
from ozg_tracker.accounts.reminding.rooms import CLAIM_HOLDS, Line

KEPT_FOR = timedelta(days=366)


class Due(NamedTuple):
    """Something a person is to hear once; `about` names it for ever."""

    municipality: int
    person: int
    about: str
    words: str

    @property
    def key(self) -> tuple[int, str]:
        return self.person, self.about


def told(letters: type[Letter], people: Collection[int], moment: datetime) -> set[tuple[int, str]]:
    """What was said to them (person, about), or is being said now. One query."""
    kept = letters._default_manager.filter(person__in=people)
    busy = kept.filter(Q(sent_at__isnull=False) | Q(failed_at=None, claimed_at__gt=moment - CLAIM_HOLDS))
    return set(busy.values_list("person", "about"))


def claim(letters: type[Letter], wanted: Sequence[Due], moment: datetime) -> list[Line]:
    """Note that these are being said now, and their lines. One statement."""
    claims = letters._default_manager.bulk_create(
        [
            letters(municipality_id=due.municipality, person_id=due.person, about=due.about, claimed_at=moment)
            for due in wanted
        ],
        update_conflicts=True,
        unique_fields=["person", "about"],
        update_fields=["claimed_at", "failed_at"],
    )
    return [Line(due.person, made.pk, due.words) for due, made in zip(wanted, claims, strict=True)]


def forget_letters(letters: type[Letter], municipality: Municipality, now: datetime) -> int:
    """Delete which letters went out more than a year ago; says how many."""
    gone, _kinds = letters._default_manager.filter(municipality=municipality, claimed_at__lt=now - KEPT_FOR).delete()
    return gone
