"""Letters about a handover: to whom it gives something, and to whom it takes it from."""

from collections.abc import Mapping

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ozg_tracker.accounts.letters import send
from ozg_tracker.accounts.models import User
from ozg_tracker.handover import things
from ozg_tracker.handover.models import Handover


def tell(handover: Handover, to: Mapping[int, User], others: Mapping[things.Key, User]) -> None:
    """Write to everybody concerned but who decided it, once it is through. `to`: rows with who takes them,
    `others`: things by their key.
    """
    words = {
        "giver": handover.giver,
        "why": handover.get_why_display(),
        "days": _days(handover),
        "message": handover.message or "–",
    }
    taking = _(
        "Guten Tag %(name)s,\n\nSie übernehmen von %(giver)s (%(why)s), %(days)s: %(what)s.\n\nNachricht: %(message)s"
    )
    for person in {each.pk: each for each in (*to.values(), *others.values())}.values():
        if person.pk != handover.by_id:
            kinds = [kind for (kind, *_more), receiver in others.items() if receiver.pk == person.pk]
            number = sum(receiver.pk == person.pk for receiver in to.values())
            said = words | {"name": person, "what": things.words(number, kinds)}
            send(person.email, _("Übergabe im OZG-Tracker"), taking % said)
    if handover.giver_id != handover.by_id:
        giving = _(
            "Guten Tag %(giver)s,\n\nvon Ihnen geht an andere über (%(why)s), %(days)s: %(what)s.\n\n"
            "Nachricht: %(message)s"
        )
        what = things.words(len(to), [kind for kind, *_more in others])
        send(handover.giver.email, _("Übergabe im OZG-Tracker"), giving % (words | {"what": what}))


def _days(handover: Handover) -> str:
    start = date_format(handover.starts_on, "d.m.Y")
    if handover.until is None:
        return _("ab %(start)s") % {"start": start}
    return _("vom %(start)s bis %(until)s") % {"start": start, "until": date_format(handover.until, "d.m.Y")}
