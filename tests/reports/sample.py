"""Figures of a month as an edition freezes them: the whole shape, small enough to read. Invented."""

from reports.figures.definitions import definitions

NAMES = (
    "Wohnsitz Anmeldung",
    "Hundesteuer Anmeldung",
    "Sterbeurkunde Ausstellung",
    "Gaststätte Anzeige",
    "Bewohnerparkausweis Verlängerung",
    "Baugenehmigung Erteilung",
    "Kindertagesstätte Platzvergabe",
    "Gewerbe Anmeldung <Reisegewerbe> & „Messe“",
    "=Sondernutzung Straße",
    "Eheschließung Anmeldung",
    "Personalausweis Ausstellung",
    "Führungszeugnis Erteilung",
)
READY = (1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 9, 10, 11, 12, 12, 13, 14, 15, 16, 17, 17, 18, 19, 21)


def service(number):
    """A service; the last of each dozen has no key."""
    key = None if number % 12 == 11 else f"991{number:08d}000"
    turn = number // 12
    name = NAMES[number % 12] + (f" – Fall {turn}" if turn else "")
    return {"key": key, "ozg_id": None if number == 23 else f"{10041 + number % 40}", "name": name}


def services(*numbers):
    return sorted((service(number) for number in numbers), key=lambda s: (s["key"] is None, s["key"] or "", s["name"]))


def moved(number, before, after, reason):
    return service(number) | {"from": before, "to": after, "reason": reason}


def part(relevant, ready, *levels):
    numbers = {str(n): count for n, count in enumerate(levels)}
    return {"relevant": relevant, "ready": ready, "not_rated": relevant - sum(levels), "levels": numbers}


def row(number):
    """One of the 60 services of the edition; the first 21 are ready."""
    level = (3, 4)[number % 2] if number < 21 else None if number % 5 == 0 else number % 3
    return service(number) | {
        "topics": [("Bauen & Wohnen", "Familie & Kind", "Steuern & Zoll")[number % 3]],
        "bundles": [f"{10041 + number % 40}"],
        **office(number),
        "state": "done" if number < 21 else ("open", "planned", "in_progress", "blocked")[number % 4],
        "level": level,
        "model": None,
        "ready": number < 21,
        "planned_on": None if number % 3 or number < 21 else f"202{2 + number % 2}-12-15",
        "cases": None if number % 3 == 1 else number * 10,
        **channels(number),
        "proof": ("agree", "claimed_not_public", "none", "agree", "broken")[number % 5] if number < 21 else "none",
    }


def channels(number):
    """The cases of a few services by channel; of the second one extrapolated."""
    if number not in (0, 1, 30):
        return {}
    told = {"online": 40 + number, "counter": 50, "post": 9, "phone": 1, "mail": 0}
    return {"channels": told | {"extrapolated": number == 1}}


def office(number):
    """One of two departments with an office below, or none."""
    names = (("Bauen und Wirtschaft", "Bauamt"), ("Bürgerdienste", "Bürgerbüro"), (None, None))[number % 3]
    return dict(zip(("department", "office"), names, strict=True))


def late(number, **fields):
    return service(number) | office(number) | fields


def promised(number, day, now, outcome, reason):
    return late(number, planned_on=day, now_on=now, outcome=outcome, reason=reason)


def foretold(department, status, growth, p50, p85, why=None):
    found = {"department": department, "status": status, "why": why, "months": 12, "growth": growth}
    return found | {"p50": p50, "p85": p85}


def said(month, edition, **numbers):
    ends = {"p50": "2026-03", "p85": "2026-11", "horizon": "2031-11"}
    return {"month": month, "edition": edition, "status": "ok", **ends, **numbers}


def of_schema_1():
    """The same as it was frozen when the forecast was drawn and first ratings were progress."""
    figures = sample()
    figures["schema"] = 1
    for name in ("gained", "services", "late", "promises", "unclear", "proven", "take_up"):
        del figures[name]
    del figures["movement"]["first_rated"]
    figures["forecast"] = {
        name: figures["forecast"][name] for name in ("status", "p50", "p85", "needed_per_month", "months", "growth")
    }
    return figures


def _trained(group, people, least, most):
    told = {"completed_at_least": least, "completed_at_most": most, "completed": least if least == most else None}
    return {"group": group, "departments": [group], "assigned": people, **told}


def sample():
    """November 2022 of a municipality: 60 services, 21 of them ready."""
    trend = [
        {"month": f"{2020 + (11 + n) // 12}-{(11 + n) % 12 + 1:02d}", "relevant": 58 + n // 10, "ready": ready}
        for n, ready in enumerate(READY)
    ]
    return {
        "schema": 2,
        "municipality": {"name": "Stadt Musterstadt", "ars": "159990010010", "ags": "15999010"},
        "month": "2022-11",
        "cutoff": "2022-11-30",
        "known_at": "2022-12-02T08:15:30.123456Z",
        "catalogue_release": "2019-01",
        "maturity_model": "1.1",
        "conform_level": 3,
        "level_names": {
            "0": "Offline",
            "1": "Information",
            "2": "Formular-Assistent",
            "3": "Online-Leistung",
            "4": "Online-Transaktion",
        },
        "totals": part(60, 21, 9, 12, 10, 14, 7)
        | {
            "rated": 52,
            "not_rated": 8,
            "states": {"open": 14, "planned": 12, "in_progress": 11, "done": 21, "blocked": 2},
        },
        "rates": {
            "services_ready": {"numerator": 21, "denominator": 60},
            "bundles_online": {"numerator": 24, "denominator": 40},
            "bundles_complete": {"numerator": 11, "denominator": 40},
            "cases_ready": {"numerator": 18940, "denominator": 41275, "known_rows": 38},
        },
        "by_topic": [
            {"topic": "Bauen & Wohnen", **part(18, 4, 4, 5, 2, 3, 1)},
            {"topic": "Familie & Kind", **part(22, 10, 3, 4, 3, 6, 4)},
            {"topic": "Steuern & Zoll", **part(21, 8, 2, 3, 5, 6, 2)},
        ],
        "by_department": [
            {"department": "Bauen und Wirtschaft", **part(20, 4, 4, 5, 3, 3, 1)},
            {"department": "Bürgerdienste", **part(30, 14, 3, 5, 5, 9, 5)},
            {"department": None, **part(10, 3, 2, 2, 2, 2, 1)},
        ],
        "movement": {
            "newly_ready": [
                moved(0, 2, 3, "Landesweiter Onlinedienst nachgenutzt, in Betrieb seit 12.11.2022"),
                moved(1, None, 3, "Antragsportal der Stadt eingeführt; Nachweise lassen sich hochladen"),
                moved(2, 2, 4, "Registerabruf ersetzt den Nachweis"),
            ],
            "improved": [moved(5, 0, 1, ""), moved(6, None, 0, "Erstmals bewertet")],
            "regressed": [moved(3, 3, 2, "Bezahlung im Onlinedienst ist seit 05.11.2022 gestört")],
            "first_rated": [moved(12, None, 3, "Bestandsaufnahme") | {"ready": True}],
            "newly_ours": [moved(7, None, 1, "=Übernahme vom Kreis")],
            "no_longer_ours": [moved(8, 1, 1, "Zuständigkeit liegt beim Kreis")],
            "retired": [moved(11, 2, 2, "Aus dem Katalog entfallen")],
        },
        "gained": 2,
        "services": [row(number) for number in range(60)],
        "late": {
            "planned_passed": [late(number, planned_on=f"2022-1{number % 2}-15") for number in (30, 31, 32, 33)],
            "blocked": [late(40, reason="Vertrag fehlt"), late(41, reason="")],
        },
        "promises": {
            "due": 4,
            "kept": 2,
            "moved": 1,
            "open": 1,
            "rows": [
                promised(0, "2022-11-12", None, "kept", ""),
                promised(1, "2022-11-30", "2022-11-30", "kept", ""),
                promised(33, "2022-11-15", "2023-02-28", "moved", "Landesdienst noch nicht freigegeben"),
                promised(31, "2022-11-15", "2022-11-15", "open", ""),
            ],
            "next": [late(34, planned_on="2022-12-15"), late(35, planned_on="2023-02-28")],
        },
        "unclear": {"count": 31, "ready": 2},
        "proven": {"numerator": 13, "denominator": 21},
        "take_up": {"year": 2021, "numerator": 81, "denominator": 201, "known_rows": 2, "extrapolated_rows": 1},
        "deadlines": [
            {"name": "Onlinezugangsgesetz 2017", "date": "2022-12-31", "days_left": 31, "in_scope": 60, "open": 39},
            {"name": "Haushaltsbeschluss 2021", "date": "2022-06-30", "days_left": -153, "in_scope": 12, "open": 5},
            {"name": "SDG-Verordnung", "date": "2023-12-12", "days_left": 377, "in_scope": 20, "open": 9},
        ],
        "questions": {
            "deadline": {"name": "Onlinezugangsgesetz 2017", "date": "2022-12-31"},
            "planned_or_started": services(*range(21, 44)),
            "online_now": services(*range(21)),
            "by_deadline": services(*range(21, 33)),
            "not_by_deadline": services(*range(33, 60)),
        },
        "trend": trend,
        "forecast": {
            "status": "ok",
            "p50": "2026-03",
            "p85": "2026-09",
            "needed_per_month": [
                {"name": "Onlinezugangsgesetz 2017", "numerator": 39, "denominator": 1},
                {"name": "SDG-Verordnung", "numerator": 9, "denominator": 13},
            ],
            "why": None,
            "horizon": "2032-11",
            "months": 12,
            "growth": 11,
            "throughput": [
                {"month": f"{2021 + (n + 11) // 12}-{(n + 11) % 12 + 1:02d}", "count": count}
                for n, count in enumerate((1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1))
            ],
            "faster": {"per_month": 2, "p50": "2024-07", "p85": "2024-11"},
            "by_department": [
                foretold("Bauen und Wirtschaft", "ok", 5, "2026-06", None),
                foretold("Bürgerdienste", "not_enough_data", 0, None, None, "no_gain"),
                foretold(None, "complete", 6, None, None),
            ],
            "track_record": [
                said("2021-11", 1, expected=10, at_least=7, came=11),
                said("2022-05", 2, expected=9, at_least=7, came=6),
            ],
        },
        "training": {
            "group_day": "2022-07-01",
            "groups": [
                _trained("Bauen und Wirtschaft", 24, 18, 18),
                _trained("Bürgerdienste", 52, 41, 41),
                _trained("Finanzen und Bildung", 11, 0, 4),
            ],
            "overdue_at_least": 7,
            "overdue_at_most": 7,
        },
        "goal": None,
        "asked": [],
        "quality": [
            {"code": "cases_unknown", "count": 22},
            {"code": "no_department", "count": 10},
            {"code": "not_rated", "count": 8},
            {"code": "other_model", "count": 0},
            {"code": "planned_passed", "count": 4},
            {"code": "planned_without_date", "count": 3},
            {"code": "ready_without_address", "count": 6},
            {"code": "responsibility_unclear", "count": 31},
        ],
        "definitions": definitions(conform_level=3, online_level=2, model="1.1"),
    }


def changed(**parts):
    """The sample without promises and proofs, and with `parts` of its own."""
    new_since = ("gained", "late", "promises", "unclear", "proven")
    figures = {name: part for name, part in sample().items() if name not in new_since}
    for name, part in parts.items():
        figures[name] = figures[name] | part if isinstance(part, dict) else part
    return figures
