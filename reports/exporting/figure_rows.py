"""The figures as rows, once for workbook and CSV: what is counted, of what, out of what, and by which definition."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from reports.telling import asked, labels, trained, voices, wording

Figures = Mapping[str, Any]
Value = int | str | None


class Row(NamedTuple):
    """A figure. A rate has numerator, denominator and `tenths` of a per cent or of a whole; a count has `value`."""

    figure: str
    dimension: str
    numerator: int | None
    denominator: int | None
    value: Value
    unit: str
    definition: str
    tenths: int | None = None


def figure_rows(figures: Figures) -> Iterator[Row]:
    """Every figure of an edition, in the order of the report."""
    for rows in (
        _totals,
        _rates,
        _take_up,
        _parts,
        _movement,
        _promises,
        _deadlines,
        _questions,
        _trend,
        _forecast,
        _goal,
        _training,
        _quality,
        _voices,
        _asked,
    ):
        yield from rows(figures)


def _rate(figure: str, dimension: str, numerator: int, denominator: int, definition: str) -> Row:
    tenths = wording.rate(numerator, denominator)
    return Row(figure, dimension, numerator, denominator, None, "%", definition, tenths)


def _count(figure: str, dimension: str, value: Value, unit: str, definition: str) -> Row:
    return Row(figure, dimension, None, None, value, unit, definition)


def _services() -> str:
    return _("Leistungen")


def _totals(figures: Figures) -> Iterator[Row]:
    totals = figures["totals"]
    for code in ("relevant", "rated", "not_rated", "ready"):
        definition = "rated" if code == "not_rated" else code
        name = _("Nicht bewertet") if code == "not_rated" else str(labels.DEFINITIONS[code])
        yield _count(name, "", totals[code], _services(), definition)
    for step in sorted(totals["levels"], key=int):
        yield _count(_("Reifegrad"), step, totals["levels"][step], _services(), "rated")
    for state, count in totals["states"].items():
        yield _count(_("Stand der Arbeit"), labels.state(state), count, _services(), "relevant")


def _rates(figures: Figures) -> Iterator[Row]:
    for code in ("services_ready", "bundles_online", "bundles_complete", "cases_ready"):
        rate = figures["rates"][code]
        yield _rate(str(labels.DEFINITIONS[code]), "", rate["numerator"], rate["denominator"], code)
        if "known_rows" in rate:
            yield _count(_("Leistungen mit bekannter Fallzahl"), "", rate["known_rows"], _services(), code)


def _take_up(figures: Figures) -> Iterator[Row]:
    """Editions of before say nothing of it."""
    told, name = figures.get("take_up"), str(labels.DEFINITIONS["take_up"])
    if told is None:
        return
    if told["year"] is None:
        yield _count(name, "", _("nicht bekannt"), "", "take_up")
        return
    year = str(told["year"])
    yield _rate(name, year, told["numerator"], told["denominator"], "take_up")
    yield _count(_("Fertige Leistungen mit bekannten Kanälen"), year, told["known_rows"], _services(), "take_up")
    extrapolated = told["extrapolated_rows"]
    yield _count(_("Davon aus Zählwochen hochgerechnet"), year, extrapolated, _services(), "take_up")


def _parts(figures: Figures) -> Iterator[Row]:
    for group, code in (("by_department", "department"), ("by_topic", "topic")):
        for part in figures[group]:
            name = part[code] or str(labels.NO_DEPARTMENT)
            figure = str(labels.DEFINITIONS[group])
            yield _rate(_("%(figure)s: fertig") % {"figure": figure}, name, part["ready"], part["relevant"], group)
            for step in sorted(part["levels"], key=int):
                words = _("%(figure)s: Reifegrad %(step)s") % {"figure": figure, "step": step}
                yield _count(words, name, part["levels"][step], _services(), group)


def _movement(figures: Figures) -> Iterator[Row]:
    for code, name in labels.MOVEMENT.items():
        yield _count(_("Veränderungen"), str(name), len(figures["movement"].get(code, [])), _services(), "movement")


def _promises(figures: Figures) -> Iterator[Row]:
    """What the first schema does not know: promises, what is late, proven and unclear."""
    if "promises" not in figures:
        return
    name = str(labels.DEFINITIONS["gained"])
    yield _count(name, "", figures["gained"], _services(), "gained")
    promises, late = figures["promises"], figures["late"]
    yield _count(str(labels.DEFINITIONS["promises"]), "", promises["due"], _services(), "promises")
    for code, word in labels.OUTCOMES.items():
        yield _count(str(labels.DEFINITIONS["promises"]), str(word), promises[code], _services(), "promises")
    yield _count(_("Als Nächstes"), "", len(promises["next"]), _services(), "promises")
    for code, name in (("planned_passed", _("Verstrichene Termine")), ("blocked", _("Blockierte Leistungen"))):
        yield _count(name, "", len(late[code]), _services(), "late")
    proven = figures["proven"]
    yield _rate(str(labels.DEFINITIONS["proven"]), "", proven["numerator"], proven["denominator"], "proven")
    yield _count(str(labels.DEFINITIONS["unclear"]), "", figures["unclear"]["count"], _services(), "unclear")


def _deadlines(figures: Figures) -> Iterator[Row]:
    for each in figures["deadlines"]:
        name = f"{each['name']} ({each['date']})"
        if each["open"] is None:
            yield _count(_("Frist: noch offen"), name, _("unbekannt"), "", "deadlines")
        else:
            yield _rate(_("Frist: noch offen"), name, each["open"], each["in_scope"], "deadlines")
        yield _count(_("Frist: Tage bis zur Frist"), name, each["days_left"], _("Tage"), "deadlines")


def _questions(figures: Figures) -> Iterator[Row]:
    for code in ("online_now", "planned_or_started", "by_deadline", "not_by_deadline"):
        yield _count(str(labels.DEFINITIONS[code]), "", len(figures["questions"][code]), _services(), code)


def _trend(figures: Figures) -> Iterator[Row]:
    for point in figures["trend"]:
        yield _rate(_("Verlauf: fertig"), point["month"], point["ready"], point["relevant"], "trend")


def _forecast(figures: Figures) -> Iterator[Row]:
    forecast = figures["forecast"]
    statuses = {"ok": _("möglich"), "complete": _("alles fertig"), "not_enough_data": _("zu wenig Daten")}
    yield Row(_("Vorausschau"), "", None, None, statuses.get(forecast["status"], forecast["status"]), "", "forecast")
    yield from _ends(_("Vorausschau: alle fertig bis"), "", forecast)
    if faster := forecast.get("faster"):
        words = {"n": wording.number(faster["per_month"])}
        yield from _ends(_("Vorausschau bei %(n)s je Monat: alle fertig bis") % words, "", faster)
    for each in forecast.get("by_department", []):
        name = f"{each['department'] or labels.NO_DEPARTMENT}, "
        yield from _ends(_("Vorausschau: Fachbereich fertig bis"), name, each)
    for each in forecast.get("throughput", []):
        figure = _("Fertig geworden, ohne Erstbewertungen")
        yield _count(figure, each["month"], each["count"], _services(), "throughput")
    for each in forecast.get("track_record", []):
        what = ((_("wahrscheinlich"), "expected"), (_("mindestens"), "at_least"), (_("gekommen"), "came"))
        for name, code in what:
            figure = _("Rückblick: gesagt im %(month)s") % {"month": each["month"]}
            yield _count(figure, name, each[code], _services(), "track_record")
    for each in forecast["needed_per_month"] or []:
        above, below = each["numerator"], each["denominator"]
        tenths = wording.tenths(above, below, 10) if below else None
        unit = _("Leistungen je Monat")
        yield Row(_("Nötig je Monat"), each["name"], above, below, None, unit, "needed_per_month", tenths)


def _goal(figures: Figures) -> Iterator[Row]:
    """Editions of before say nothing of it, and others nothing where none held."""
    told = figures.get("goal")
    if told is None:
        return
    words = {"year": told["year"]}
    yield _count(_("Jahresziel %(year)s") % words, "", told["target"], _services(), "goal")
    yield _count(_("Jahresziel %(year)s: beschlossen") % words, "", told["decided"], "", "goal")
    yield _count(_("Jahresziel %(year)s: fertig") % words, "", told["ready"], _services(), "goal")
    yield _count(_("Jahresziel %(year)s: fehlen") % words, "", told["missing"], _services(), "goal")
    yield _count(_("Jahresziel %(year)s: Monate bis Jahresende") % words, "", told["months_left"], _("Monate"), "goal")
    if needed := told["needed_per_month"]:
        above, below = needed["numerator"], needed["denominator"]
        figure, unit = _("Jahresziel %(year)s: nötig je Monat") % words, _("Leistungen je Monat")
        yield Row(figure, "", above, below, None, unit, "goal", wording.tenths(above, below, 10))


def _ends(figure: str, name: str, found: Mapping[str, Any]) -> Iterator[Row]:
    for code, words in (("p50", "50 %"), ("p85", "85 %")):
        yield Row(figure, name + words, None, None, found[code], _("Monat"), "forecast")


def _training(figures: Figures) -> Iterator[Row]:
    found = figures["training"]
    if "group_day" not in found:  # frozen by the rule before
        for group in found["groups"]:
            for code, name in (
                ("assigned", _("zugewiesen")),
                ("completed", _("erledigt")),
                ("overdue", _("überfällig")),
            ):
                yield _trained(_("Schulungen: %(what)s") % {"what": name}, group["group"], group[code], _("Aufgaben"))
        return
    for group in found["groups"]:
        least, most = group["completed_at_least"], group["completed_at_most"]
        yield _trained(_("Schulungen: Beschäftigte"), trained.called(group), group["assigned"], _("Personen"))
        done = _range(least, most, group["assigned"])
        yield _trained(_("Schulungen: nichts mehr offen"), trained.called(group), done, _("Personen"))
    least, most, people = trained.totals(found)
    whole = _("Kommune gesamt")
    if people:
        yield _trained(_("Schulungen: Beschäftigte"), whole, people, _("Personen"))
        done = _range(least, most, people)
        yield _trained(_("Schulungen: nichts mehr offen"), whole, done, _("Personen"))
    if found["overdue_at_least"] is not None:
        late = _range(found["overdue_at_least"], found["overdue_at_most"], people)
        yield _trained(_("Schulungen: überfällig"), whole, late, _("Personen"))


def _range(least: int, most: int, people: int) -> Value:
    """A number that can be added up; words only where it is none."""
    return least if least == most else trained.spoken(least, most, people)


def _trained(figure: str, group: str | None, value: Value | None, unit: str) -> Row:
    said = _("nicht ausgewiesen") if value is None else value
    return Row(figure, group or str(labels.NO_DEPARTMENT), None, None, said, unit, "training")


def _quality(figures: Figures) -> Iterator[Row]:
    for each in figures["quality"]:
        yield _count(_("Datenlage"), labels.quality(each["code"]), each["count"], _services(), "relevant")


def _voices(figures: Figures) -> Iterator[Row]:
    """The administration's own words."""
    for each in figures.get("comments", []):
        section = str(voices.SECTIONS.get(each["section"], each["section"]))
        yield _count(_("Anmerkung der Verwaltung"), section, each["text"], "", "")
    for each in voices.also_seen(figures):
        yield _count(_("Bei der Vorlage gesehen"), labels.quality(each["code"]), each["count"], "", "")
    for code, because in voices.staying(figures).items():
        yield _count(_("Befund bleibt, weil"), labels.quality(code), because, "", "")


def _asked(figures: Figures) -> Iterator[Row]:
    """What the council asked and what it was answered; the number says which answer is to which question."""
    for number, each in enumerate(asked.asked(figures), start=1):
        place = f"{number}. {each.about}, {each.month}"
        yield _count(_("Frage aus dem Rat"), place, each.text, "", "")
        yield _count(each.answered, place, each.answer, "", "")


class ServiceRow(NamedTuple):
    """A relevant service and the lists it stands in."""

    key: str
    ozg_id: str
    name: str
    ready: bool
    started: bool
    by_deadline: bool
    movement: str


def service_rows(figures: Figures) -> Iterator[ServiceRow]:
    """Every relevant service once: what is ready, and what is open whether planned by the deadline or not."""
    questions = figures["questions"]
    started, planned = set(_identities(questions["planned_or_started"])), set(_identities(questions["by_deadline"]))
    moved = {
        identity: str(name)
        for code, name in labels.MOVEMENT.items()
        for identity in _identities(figures["movement"].get(code, []))
    }
    ready = set(_identities(questions["online_now"]))
    open_ones = set(_identities(questions["by_deadline"])) | set(_identities(questions["not_by_deadline"]))
    for each in sorted(ready | open_ones, key=lambda each: (not each[0], *each)):
        yield ServiceRow(*each, each in ready, each in started, each in planned, moved.get(each, ""))


def _identities(services: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    return ((each["key"] or "", each["ozg_id"] or "", each["name"]) for each in services)
