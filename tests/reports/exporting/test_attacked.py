"""Whoever keeps every edition in every format, and knows who came, went and moved, learns nothing of any one to four
people from what they say of trainings.
"""

import shutil
from datetime import UTC, date, datetime
from random import Random

import pytest
import time_machine

from ozg_tracker.accounts.models import Membership, Role, User
from ozg_tracker.accounts.people import add_user, change_role, let_go
from ozg_tracker.training.assigning.assignment import assign_training
from ozg_tracker.training.completing.completion import complete_task
from ozg_tracker.training.models import TrainingTask
from reports.editions.approving import put_through
from reports.editions.freeze import freeze_edition
from reports.exporting.export_edition import FORMATS, PAPERS, export_edition
from reports.models import Edition
from tests import make
from tests.api.programs import Program
from tests.reports.exporting import told_trainings
from tests.training import made
from tests.training.council.attacker import bounds

pytestmark = pytest.mark.django_db
READERS = {form: getattr(told_trainings, f"of_{form}") for form in ("html", "pdf", "csv", "xlsx", "ods")}


def at(*day):
    return time_machine.travel(datetime(2026, *day, 12, tzinfo=UTC), tick=False)


class HalfYear:
    """Its people for half a year: some learn each month, one comes, one goes, one moves, and some is entered late."""

    def __init__(self, random):
        self.random, self.gone = random, {}
        self.offices = [make.department(name) for name in ("Bauen", "Bürgerdienste", "Kultur", "Ordnung")]
        sizes = [random.randint(10, 15), random.randint(10, 15), random.randint(3, 5), random.randint(7, 9)]
        make.row(effective_on=date(2025, 12, 1))
        for office, size in zip(self.offices, sizes, strict=True):
            for number in range(size):
                person = make.user(f"{office}{number}", Role.STAFF, department=office)
                with at(1, 5):
                    for title in ("Datenschutz", "Phishing")[: random.randint(1, 2)]:
                        made.task(person, made.course(title), date(2026, random.choice((2, 6)), 20), date(2026, 1, 5))
        self.pace = random.choice((0.05, 0.2, 0.5))
        self.coordinator = make.user(department=self.offices[0])

    def lives(self, month):
        chance = self.random
        with at(month, 12):
            for task in TrainingTask.objects.open().filter(person__memberships__isnull=False).order_by("pk"):
                if chance.random() < self.pace:
                    complete_task(task, by=task.person, completed_on=date(2026, month, chance.randint(6, 12)))
        with at(month, 20):
            leaver, mover = chance.sample(list(Membership.objects.filter(role=Role.STAFF).order_by("pk")), 2)
            self.gone[leaver.user_id] = month - 1
            let_go(leaver, by=self.coordinator)
            change_role(mover, role=Role.STAFF, department=chance.choice(self.offices), by=self.coordinator)
            new = f"neu{month}"
            add_user(new, municipality=make.municipality(), role=Role.STAFF, department=chance.choice(self.offices))
            assign_training(
                made.course("Datenschutz"), User.objects.get(username=new), due_on=date(2026, 6, 1), by=self.coordinator
            )

    def corrected(self, month):
        """Something is entered for a month that is out, and its edition corrected for another reason."""
        for task in TrainingTask.objects.open().filter(person__memberships__isnull=False).order_by("pk")[:3]:
            complete_task(task, by=task.person, completed_on=date(2026, month, 25))
        make.row(make.service(f"9910201410{month}000", f"Leistung {month}"), effective_on=date(2025, 12, 1))
        put_through(freeze_edition(make.municipality(), date(2026, month, 1), correct="Es fehlte eine."), None)

    def publishes(self, months):
        for month in range(1, months + 1):
            self.lives(month)
            with at(month + 1, 3):
                put_through(freeze_edition(make.municipality(), date(2026, month, 1)), None)
            if month % 2:
                with at(month + 1, 9):
                    self.corrected(month)
        return Edition.objects.order_by("pk")


def groups_of(editions):
    """Who was in which group on the half-year's first day, as anybody in the house knows."""
    place = {}
    for number, group in enumerate(told_trainings.trained(editions[0])["groups"]):
        place |= dict.fromkeys(group["departments"], number)
    people = User.objects.filter(username__regex=r"^(Bauen|Bürgerdienste|Kultur|Ordnung)\d").order_by("pk")
    return {each.pk: place[each.username.rstrip("0123456789")] for each in people}


def nothing_is_told(random, lived, editions):
    """Of those who left, alone and together, and of people drawn at random."""
    months = [told_trainings.trained(each) for each in editions.filter(number=1)]
    groups = groups_of(editions)
    left = [(groups[who], month) for who, month in lived.gone.items() if who in groups]
    everybody = [(group, lived.gone.get(who, len(months))) for who, group in groups.items()]
    asked = [[each] for each in left] + [left[:4]] + [random.sample(everybody, few) for few in (1, 2, 3, 4, 4)]
    asked += [[(group, len(months))] * 4 for group in set(groups.values())]
    for few in asked:
        assert bounds(months, few) == [(0, len(few))] * len(months)


@pytest.mark.parametrize("seed", range(4))
def test_no_few_people_can_be_told_from_all_editions(seed):
    random = Random(seed)
    lived = HalfYear(random)
    nothing_is_told(random, lived, lived.publishes(5))


def test_every_format_says_these_figures_and_nothing_else_of_trainings(client):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext fehlt (poppler-utils)")
    random = Random(11)
    lived = HalfYear(random)
    editions = lived.publishes(3)
    assert {*READERS, "json", "csvw", *PAPERS} == set(FORMATS)
    council = make.user("rat", Role.COUNCIL)
    client.force_login(council)
    program = Program(council)
    for each in editions:
        figures = told_trainings.trained(each)
        told, more = told_trainings.of_figures(each.figures)
        assert (len(told) >= 4, more) == (True, [])
        assert figures == told_trainings.trained(editions.get(month=each.month, number=1))
        page = client.get(f"/berichte/{each.month:%Y/%-m}/{each.number}/")
        answers = [READERS[form](export_edition(each, form)) for form in READERS]
        answers += [
            told_trainings.of_figures(program.get(f"/api/v1/editions/{each.pk}/").text),
            told_trainings.of_figures(program.get(f"/api/v1/editions/{each.pk}/export/?format=json").text),
            told_trainings.of_html(page.text),
        ]
        assert answers == [(told, [])] * len(answers)
        assert [word for form in PAPERS for word in told_trainings.of_paper(export_edition(each, form))] == []
    nothing_is_told(random, lived, editions)
