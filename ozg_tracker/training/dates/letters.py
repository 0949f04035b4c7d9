"""What people hear of a date by mail, with the entry for their calendar: METHOD:REQUEST, or CANCEL (RFC 5546)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import wraps
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ozg_tracker.accounts import letters
from ozg_tracker.accounts.calendar.entries import Certainty, Entry
from ozg_tracker.accounts.calendar.writing import invitation
from ozg_tracker.accounts.models import User
from ozg_tracker.training.dates.calendar import session_entries, session_entry
from ozg_tracker.training.models import CourseDate, CourseSession, TrainingTask

_Given = ParamSpec("_Given")
_Said = TypeVar("_Said")


def _theirs(deed: Callable[_Given, _Said]) -> Callable[_Given, _Said]:
    """Letters speak the language of the installation, not that of whoever changes the date."""

    @wraps(deed)
    def told(*args: _Given.args, **kwargs: _Given.kwargs) -> _Said:
        with translation.override(settings.LANGUAGE_CODE):
            return deed(*args, **kwargs)

    return told


@_theirs
def tell_seated(course_date: CourseDate, tasks: Sequence[TrainingTask]) -> None:
    """Those who have a place from now on."""
    body = _words(
        _(
            "Guten Tag,\n\nSie haben einen Platz bei „%(course)s“:\n\n%(sessions)s\n\n"
            "Abmelden können Sie sich bis zum Ende der Anmeldung unter %(address)s.\n"
        ),
        course_date,
        course_date.sessions.all(),
    )
    subject = _words(_("Ihr Platz: %(course)s"), course_date)
    _send(subject, body, [task.person for task in tasks], session_entries(course_date))


@_theirs
def tell_withdrawn(course_date: CourseDate, task: TrainingTask) -> None:
    """Whoever withdrew: the calendar forgets it."""
    text = _("Guten Tag,\n\nSie sind bei „%(course)s“ am %(day)s nicht mehr angemeldet.\n")
    subject = _words(_("Abgemeldet: %(course)s"), course_date)
    _send(subject, _words(text, course_date), [task.person], _off(session_entries(course_date)))


@_theirs
def tell_changed(
    course_date: CourseDate,
    before: Sequence[CourseSession],
    changed: Sequence[CourseSession],
    gone: Sequence[CourseSession],
) -> int:
    """Those who registered, of sessions that moved, came or fell out; says how many people."""
    if not before or not (changed or gone):
        return 0
    text = _(
        "Guten Tag,\n\nder Termin „%(course)s“ hat sich geändert. Bisher:\n\n%(before)s\n\nJetzt:\n\n%(sessions)s\n\n"
        "Passt er Ihnen nicht, wählen Sie einen anderen unter %(address)s.\n"
    )
    now = course_date.sessions.all()
    body = _words(text, course_date, now, before)
    entries = [session_entry(course_date, each) for each in changed]
    entries += _off(session_entry(course_date, each) for each in gone)
    return _send_registered(_words(_("Termin geändert: %(course)s"), course_date), body, course_date, entries)


@_theirs
def tell_cancelled(course_date: CourseDate) -> int:
    """Those who registered, that it does not take place; says how many people."""
    text = _(
        "Guten Tag,\n\nder Termin „%(course)s“ fällt aus:\n\n%(sessions)s\n%(reason)s\n"
        "Die Schulung bleibt Ihnen zugewiesen. Einen anderen Termin wählen Sie unter %(address)s.\n"
    )
    body = _words(text, course_date, course_date.sessions.all())
    subject = _words(_("Termin fällt aus: %(course)s"), course_date)
    return _send_registered(subject, body, course_date, _off(session_entries(course_date)))


def moment_and_place(session: CourseSession | CourseDate) -> str:
    """When and where in one line, in German time: "01.12.2026, 09:00–11:00 Uhr, Raum 2.14"."""
    begin, end = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    until = f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%d.%m.%Y %H:%M}"
    moment = _("%(begin)s–%(end)s Uhr") % {"begin": f"{begin:%d.%m.%Y, %H:%M}", "end": until}
    return f"{moment}, {session.place}" if session.place else moment


def _words(
    text: str,
    course_date: CourseDate,
    sessions: Iterable[CourseSession] = (),
    before: Iterable[CourseSession] = (),
) -> str:
    """The text with its values."""
    because = course_date.cancelled_because
    return text % {
        "course": course_date.course.title,
        "day": f"{timezone.localtime(course_date.starts_at):%d.%m.%Y}",
        "sessions": "\n".join(f"– {_line(each)}" for each in sessions),
        "before": "\n".join(f"– {_line(each)}" for each in before),
        "reason": f"\n{because}\n" if because else "",
        "address": f"{settings.BASE_URL.rstrip('/')}/schulungen/",
    }


def _line(session: CourseSession) -> str:
    return f"{moment_and_place(session)}, {session.link}" if session.link else moment_and_place(session)


def _send_registered(subject: str, body: str, course_date: CourseDate, entries: Sequence[Entry]) -> int:
    """To those who have a place with the entries, to those who wait for one without."""
    tasks = TrainingTask.objects.open().filter(course_date=course_date, registered_at__isnull=False)
    told = 0
    for waits, files in ((False, entries), (True, [])):
        those = tasks.filter(person__is_active=True, seated_at__isnull=waits).select_related("person")
        told += _send(subject, body, [task.person for task in those], files)
    return told


def _off(entries: Iterable[Entry]) -> list[Entry]:
    return [replace(each, certainty=Certainty.CANCELLED, sequence=each.sequence + 1) for each in entries]


def _send(subject: str, body: str, people: Sequence[User], entries: Sequence[Entry]) -> int:
    """A letter to each, with the file of each session; says how many people these are."""
    made = []
    for person in people:
        if person.email:
            letter = EmailMessage(subject, body, to=[person.email])
            for number, entry in enumerate(entries, 1):
                method = "CANCEL" if entry.certainty is Certainty.CANCELLED else "REQUEST"
                content = invitation(entry, person.email).decode()
                letter.attach(f"termin-{number}.ics", content, f"text/calendar; method={method}")
            made.append(letter)
    letters.send_all(made)
    return len(people)
