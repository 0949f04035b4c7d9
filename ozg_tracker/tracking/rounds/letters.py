"""Letters of a round: to whoever leads a department that is asked, reminded, or gets its answers back."""

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from ozg_tracker.accounts import letters
from ozg_tracker.accounts.models import User
from ozg_tracker.tracking.models import Round, RoundStep
from ozg_tracker.tracking.rounds.standing import Standing, Unit, standing_of


def tell_opened(asked: Round) -> None:
    text = _(
        "Guten Tag %(name)s,\n\nbitte sagen Sie bis %(day)s, ob die Angaben zu %(open)d Leistungen noch stimmen"
        " (%(department)s, Runde „%(round)s“):\n\n%(link)s\n\n%(message)s"
    )
    _send(standing_of(asked), _("Stimmt das noch? %s") % asked.name, text)


def tell_reminded(standing: Standing) -> None:
    text = _(
        "Guten Tag %(name)s,\n\nin der Runde „%(round)s“ sind bei %(department)s noch %(open)d von %(total)d Leistungen"
        " ohne Antwort, und abgegeben ist sie nicht. Gefragt ist bis %(day)s:\n\n%(link)s\n\n%(message)s"
    )
    _send(standing, _("Erinnerung: %s") % standing.round.name, text, standing.waiting)


def tell_returned(step: RoundStep, unit: Unit) -> None:
    text = _(
        "Guten Tag %(name)s,\n\ndie Antworten von %(department)s in der Runde „%(round)s“ sind zurückgegeben:"
        "\n\n%(message)s\n\n%(link)s"
    )
    _send(standing_of(step.round), _("Zurückgegeben: %s") % step.round.name, text, [unit], message=step.comment)


def address(asked: Round, unit: Unit) -> str:
    return reverse("round_answers", args=[asked.pk, unit.key])


def _send(
    standing: Standing, subject: str, text: str, units: Iterable[Unit] | None = None, message: str | None = None
) -> None:
    """To all who lead one of the units; where nobody does, to who leads the round."""
    asked = standing.round
    written = []
    for unit in standing.units if units is None else units:
        words = {
            "round": asked.name,
            "day": f"{standing.until:%d.%m.%Y}",
            "open": unit.open,
            "total": unit.total,
            "department": unit.department or _("Leistungen ohne Fachbereich"),
            "message": asked.message if message is None else message,
            "link": settings.BASE_URL.rstrip("/") + address(asked, unit),
        }
        people: list[User] = unit.leaders or [standing.leader]
        written += [
            EmailMessage(subject, (text % {"name": person, **words}).rstrip() + "\n", to=[person.email])
            for person in people
            if person.email
        ]
    letters.send_all(written)
