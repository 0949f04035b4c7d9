"""Figures of a month as an edition freezes them: the whole shape, small enough to read. Invented."""

from reports.definitions import definitions

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
    return {"relevant": relevant, "ready": ready, "levels": {str(n): count for n, count in enumerate(levels)}}


def sample():
    """November 2022 of a town: 60 services, 21 of them ready."""
    trend = [
        {"month": f"{2020 + (11 + n) // 12}-{(11 + n) % 12 + 1:02d}", "relevant": 58 + n // 10, "ready": ready}
        for n, ready in enumerate(READY)
    ]
    return {
        "schema": 1,
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
            "newly_ours": [moved(7, None, 1, "=Übernahme vom Kreis")],
            "no_longer_ours": [moved(8, 1, 1, "Zuständigkeit liegt beim Kreis")],
            "retired": [moved(11, 2, 2, "Aus dem Katalog entfallen")],
        },
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
            "months": 12,
            "growth": 11,
        },
        "training": {
            "groups": [
                {"group": "Bauen und Wirtschaft", "assigned": 24, "completed": 18, "overdue": 2},
                {"group": "Bürgerdienste", "assigned": 52, "completed": 41, "overdue": 5},
                {"group": "Finanzen und Bildung", "assigned": None, "completed": None, "overdue": None},
            ],
            "suppressed_below": 5,
        },
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
