"""An edition counted once more from its own row per service, and what it says of the same."""

from collections import Counter, defaultdict

LISTS = ("online_now", "planned_or_started", "by_deadline", "not_by_deadline")


def part(figures, rows):
    levels = Counter(str(each["level"]) for each in rows if each["level"] is not None and each["model"] is None)
    return {
        "relevant": len(rows),
        "ready": sum(each["ready"] for each in rows),
        "not_rated": sum(each["level"] is None for each in rows),
        "levels": {step: levels[step] for step in figures["totals"]["levels"]},
    }


def grouped(rows, names):
    found = defaultdict(list)
    for each in rows:
        for name in names(each):
            found[name].append(each)
    return found


def online(figures, row):
    """Level 2, or as another model has it: a row of one is asked of no figure here."""
    return row["level"] is not None and row["level"] >= 2


def take_up(year, ready):
    known = [each["channels"] for each in ready if "channels" in each]
    cases = [[number for name, number in each.items() if name != "extrapolated"] for each in known]
    return {
        "year": year,
        **rate(sum(each["online"] for each in known), sum(map(sum, cases))),
        "known_rows": len(known),
        "extrapolated_rows": sum(each["extrapolated"] for each in known),
    }


def rate(numerator, denominator):
    return {"numerator": numerator, "denominator": denominator}


def recount(figures):
    rows = figures["services"]
    ready, left = [each for each in rows if each["ready"]], [each for each in rows if not each["ready"]]
    topics, departments = grouped(rows, lambda each: each["topics"]), grouped(rows, lambda each: [each["department"]])
    bundles = grouped(rows, lambda each: each["bundles"]).values()
    states = Counter(each["state"] for each in rows)
    deadline = figures["questions"]["deadline"]
    in_time = [
        each
        for each in left
        if deadline
        and figures["cutoff"] <= deadline["date"]
        and each["planned_on"]
        and each["planned_on"] <= deadline["date"]
    ]
    return {
        "totals": part(figures, rows)
        | {
            "rated": sum(each["level"] is not None for each in rows),
            "states": {state: states[state] for state in figures["totals"]["states"]},
        },
        "rates": {
            "services_ready": rate(len(ready), len(rows)),
            "bundles_online": rate(sum(any(online(figures, e) for e in each) for each in bundles), len(bundles)),
            "bundles_complete": rate(sum(all(e["ready"] for e in each) for each in bundles), len(bundles)),
            "cases_ready": rate(sum(e["cases"] or 0 for e in ready), sum(e["cases"] or 0 for e in rows))
            | {"known_rows": sum(e["cases"] is not None for e in rows)},
        },
        "by_topic": [{"topic": name, **part(figures, topics[name])} for name in sorted(topics)],
        "by_department": [
            {"department": name, **part(figures, departments[name])}
            for name in sorted(departments, key=lambda name: (name is None, name or ""))
        ],
        "questions": {
            "online_now": names(ready),
            "planned_or_started": names(each for each in left if each["state"] in ("planned", "in_progress")),
            "by_deadline": names(in_time),
            "not_by_deadline": names(each for each in left if deadline and each not in in_time),
        },
        "planned_passed": names(each for each in left if each["planned_on"] and each["planned_on"] < figures["cutoff"]),
        "blocked": names(each for each in left if each["state"] == "blocked"),
        "proven": rate(sum(each["proof"] == "agree" for each in ready), len(ready)),
        "take_up": take_up(figures["take_up"]["year"], ready),
        "trend": {"month": figures["month"], "relevant": len(rows), "ready": len(ready)},
    }


def frozen_counts(figures):
    """The same, as the edition says it."""
    same = ("totals", "rates", "by_topic", "by_department", "proven", "take_up")
    return {name: figures[name] for name in same} | {
        "questions": {name: names(figures["questions"][name]) for name in LISTS},
        "planned_passed": names(figures["late"]["planned_passed"]),
        "blocked": names(figures["late"]["blocked"]),
        "trend": figures["trend"][-1],
    }


def names(entries):
    return [(each["key"], each["ozg_id"], each["name"]) for each in entries]
