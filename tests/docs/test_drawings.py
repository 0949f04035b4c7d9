"""The pictures in the documents show the code as it is, and what they show is so."""

from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import grimp
import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from ozg_tracker.accounts.models import Role, User
from ozg_tracker.docs.drawing import house, redraw, states
from ozg_tracker.tracking.models import State
from ozg_tracker.training.assigning.suspension import resume_task, suspend_task
from ozg_tracker.training.assigning.withdrawing import withdraw_task
from ozg_tracker.training.completing.completion import complete_task
from ozg_tracker.training.completing.correcting import take_back_completion
from ozg_tracker.training.models import Standing, TrainingTask
from reports.editions.approving import approve_edition
from reports.models import Edition
from tests import make
from tests.training import made
from tests.training.made import TODAY


def test_every_picture_is_as_the_code_is():
    """Stale? `uv run manage.py draw_docs` draws them anew."""
    drawn = redraw.redraw()
    assert {path.name: path.read_text(encoding="utf-8") for path in drawn} == {
        path.name: text for path, text in drawn.items()
    }
    assert sorted(path.name for path in drawn) == ["map.md", "states.md"]


def test_every_picture_there_is_is_shown():
    shown = "".join(path.read_text(encoding="utf-8") for path in redraw.redraw())
    assert [name for name in redraw.PICTURES if f"<!-- drawn: {name} -->" not in shown] == []


def test_a_stale_picture_is_drawn_anew_and_the_text_around_it_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(redraw, "DOCUMENTS", tmp_path)
    monkeypatch.setattr(redraw, "PICTURES", {"one": lambda: "A --> B", "two": lambda: "C"})
    text = (
        "# Kopf\n\n<!-- drawn: one -->\n```mermaid\n{}```\n\nmitten\n\n<!-- drawn: two -->\n```mermaid\n{}```\n\nEnde\n"
    )
    (tmp_path / "bild.md").write_text(text.format("", "alt\n"), encoding="utf-8")
    (tmp_path / "ohne.md").write_text("nichts", encoding="utf-8")
    call_command("draw_docs")
    assert (tmp_path / "bild.md").read_text(encoding="utf-8") == text.format("A --> B\n", "C\n")
    assert (tmp_path / "ohne.md").read_text(encoding="utf-8") == "nichts"


def test_a_picture_nobody_draws_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(redraw, "DOCUMENTS", tmp_path)
    (tmp_path / "bild.md").write_text("<!-- drawn: nothing -->\n```mermaid\n```\n", encoding="utf-8")
    with pytest.raises(KeyError, match="nothing"):
        redraw.redraw()


# The house ------------------------------------------------------------------------------------------------------------


def test_every_import_between_rooms_goes_along_arrows():
    """What has no arrow of its own is reached by way of others: leaving out arrows hides no import."""
    lines = house.house().splitlines()
    arrows = {node.split("[")[0].strip(): set() for node in lines if "[" in node}
    for line in lines:
        if " --> " in line:
            one, other = line.split(" --> ")
            arrows[one.strip()].add(other)
    graph = grimp.build_graph(*house.PACKAGES, cache_dir=None)
    rooms = ["reports", "ozg_tracker.training", "ozg_tracker.tracking", "ozg_tracker.accounts", "catalog"]
    for above, below in pairwise(rooms):
        assert graph.chain_exists(above, below, as_packages=True)
        assert below.replace(".", "_") in reached(arrows, above.replace(".", "_"))
        assert above.replace(".", "_") not in reached(arrows, below.replace(".", "_"))


def reached(arrows, start):
    found, waiting = set(), [*arrows[start]]
    while waiting:
        node = waiting.pop()
        waiting += arrows[node] - found
        found.add(node)
    return found


# States ---------------------------------------------------------------------------------------------------------------


def arrows(picture):
    """(from, to) → what is said of it."""
    lines = [line.strip().partition(": ") for line in picture.splitlines() if " --> " in line]
    return {tuple(way.split(" --> ")): said for way, _colon, said in lines}


def test_a_row_can_take_every_step_and_says_which_one_asks_for_more():
    drawn = arrows(states.row())
    asked = {way: said for way, said in drawn.items() if said}
    others = [each.value for each in State]
    assert len(drawn) == 5 * 4 + 1
    assert asked == {
        **{(one, "done"): "conform level" for one in others if one != "done"},
        **{(one, "blocked"): "reason" for one in others if one != "blocked"},
        **{("done", other): "reason" for other in others if other != "done"},
    }


@pytest.mark.django_db
def test_an_edition_goes_the_ways_that_are_drawn():
    drawn = arrows(states.edition())
    assert set(drawn) == {
        ("[*]", "draft"),
        ("[*]", "approved"),
        ("draft", "in_review"),
        ("draft", "submitted"),
        ("in_review", "submitted"),
        ("submitted", "draft"),
        ("draft", "approved"),
        ("submitted", "approved"),
        ("draft", "dropped"),
        ("in_review", "dropped"),
        ("submitted", "dropped"),
    }
    assert {code for way in drawn for code in way} == {"[*]", *Edition.State.values}
    assert approve_edition.__name__ in drawn["draft", "approved"]


@pytest.mark.django_db
def test_a_training_task_goes_the_ways_that_are_drawn_and_no_other():
    """Each deed, and waiting, played on a task of each standing, on a first round and on a repetition."""
    drawn = arrows(states.training_task())
    went = {way for start in STARTS for renewed in (False, True) for way in ways(start, renewed)}
    went |= {("[*]", standing(task("due", renewed, "new"), TODAY)) for renewed in (False, True)}
    assert went == set(drawn)
    assert {code for way in drawn for code in way} == {"[*]", *Standing.values}


STARTS = {"due": 5, "overdue": -5}  # days until a task is due
DEEDS = {
    "complete": lambda held: complete_task(held, by=held.person, completed_on=TODAY),
    "suspend": lambda held: suspend_task(held, TODAY + timedelta(days=20), "absent", by=leader(), today=TODAY),
    "take back": lambda held: take_back_completion(held, by=held.person),
    "withdraw": lambda held: withdraw_task(held, "falsche Regel", by=leader(), today=TODAY),
    "resume": lambda held: resume_task(held, by=leader(), today=TODAY),
}


def ways(start, renewed):
    """What became of a task, by one deed, by two, and by the days that pass after each."""
    for number, path in enumerate([(), *((one,) for one in DEEDS), *((one, two) for one in DEEDS for two in DEEDS)]):
        held, before = task(start, renewed, number), None
        before = standing(held, TODAY)
        for name in path:
            with suppress(ValidationError):
                DEEDS[name](TrainingTask.objects.get(pk=held.pk))
            now = standing(held, TODAY)
            yield from [(before, now)] * (before != now)
            before = now
        for days in range(1, 40):
            now = standing(held, TODAY + timedelta(days=days))
            yield from [(before, now)] * (before != now)
            before = now


def task(start, renewed, number):
    person = make.user(f"{start}-{renewed}-{number}", Role.STAFF)
    if renewed:
        made.done(made.task(person, period_start=date(2025, 1, 1)), on=date(2025, 2, 1))
    return made.task(person, due_on=TODAY + timedelta(days=STARTS[start]), period_start=date(2026, 1, 1))


def leader():
    return User.objects.filter(username="koordination").first() or make.user()


def standing(held, day):
    return TrainingTask.objects.with_standing(day).get(pk=held.pk).standing
