"""Letters about a handover: to whom it gives something, and to whom it takes it from."""

from collections import Counter
from collections.abc import Mapping

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ozg_tracker.accounts.letters import send
from ozg_tracker.accounts.models import User
from ozg_tracker.handover.models import Handover


def tell(handover: Handover, to: Mapping[int, User]) -> None:
    """Write to everybody concerned but who decided it, once it is through. `to`: rows with who takes them."""
    numbers = Counter(person.pk for person in to.values())
    words = {
        "giver": handover.giver,
        "why": handover.get_why_display(),
        "days": _days(handover),
        "message": handover.message or "–",
    }
    taking = _(
        "Guten Tag %(name)s,\n\nSie übernehmen %(number)d Leistungen von %(giver)s (%(why)s), %(days)s.\n\nNachricht: "
        "%(message)s"
    )
    for person in {each.pk: each for each in to.values()}.values():
        if person.pk != handover.by_id:
            said = words | {"name": person, "number": numbers[person.pk]}
            send(person.email, _("Übergabe im OZG-Tracker"), taking % said)
    if handover.giver_id != handover.by_id:
        giving = _(
            "Guten Tag %(giver)s,\n\nvon Ihren Leistungen gehen %(number)d an andere über (%(why)s), %(days)s.\n\n"
            "Nachricht: %(message)s"
        )
        send(handover.giver.email, _("Übergabe im OZG-Tracker"), giving % (words | {"number": len(to)}))


def _days(handover: Handover) -> str:
    start = date_format(handover.starts_on, "d.m.Y")
    if handover.until is None:
        return _("ab %(start)s") % {"start": start}
    return _("vom %(start)s bis %(until)s") % {"start": start, "until": date_format(handover.until, "d.m.Y")}
