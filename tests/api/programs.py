"""A program that speaks to the API, and a world in which every collection holds something."""

from datetime import UTC, date, datetime

from django.test import Client
from django.utils import timezone

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import CoordinatorRequest, MembershipEvent, Role
from ozg_tracker.accounts.signing_in.tokens import create_token
from ozg_tracker.handover.models import Handover
from ozg_tracker.tracking.models import Comment, Deadline, Evidence, OwnService, Watch
from ozg_tracker.training.models import Completion, Course, CourseDate, Exemption, Requirement, TrainingTask
from reports import canonical
from reports.models import Committee, Edition, Goal, Meeting
from tests import make
from tests.reports import sample

API = "/api/v1"


class Program(Client):
    """A client with a personal key. Addresses are given below /api/v1/."""

    def __init__(self, person=None, **headers):
        super().__init__(headers={"Authorization": f"Bearer {create_token(person)}"} if person else None, **headers)

    def read(self, path, **query):
        return self.get(f"{API}/{path}", query)

    def change(self, path, body, **headers):
        return self.patch(f"{API}/{path}", body, content_type="application/json", headers=headers)

    def send(self, path, body):
        return self.post(f"{API}/{path}", body, content_type="application/json")


def as_role(role, department=None):
    return Program(make.user(username=str(role), role=role, department=department))


def edition(number=1, month=date(2022, 11, 1), municipality=None, state=Edition.State.APPROVED, figures='{"schema":1}'):
    return Edition.objects.create(
        municipality=municipality or make.municipality(),
        month=month,
        number=number,
        figures=figures,
        sha256="0" * 64,
        known_at=datetime(2022, 12, 1, tzinfo=UTC),
        catalogue_import=make.catalogue_import(),
        correction_reason="Zahlendreher" if number > 1 else "",
        state=state,
    )


def fill(numbers):
    """One of everything that has a collection for each of `numbers`, in the municipality of the coordinator."""
    municipality, person = make.municipality(), make.User.objects.get(username="koordination")
    for number in numbers:
        bundle = make.bundle(f"1010{number}", topic=f"Feld {number}", situation=f"Lage {number}")
        department = make.department(f"Amt {number}")
        service = make.service(f"9910201310400{number}", f"Leistung {number}", bundles=[bundle], types="2/3;5")
        row = make.row(service, department=department, owner=person, level=number, state="open")
        Evidence.objects.create(
            row=row, kind="directory", found_on="2022-11-01", online=True, origin="v", recorded_at=timezone.now()
        )
        said = {"municipality": municipality, "by": person, "recorded_at": datetime(2022, 11, 1, tzinfo=UTC)}
        row.case_counts.create(**said, year=2021, channel="online", number=number, how="hand")
        make.counting_week(person, [row])
        Comment.objects.create(row=row, text=f"Frage {number}", **said)
        Watch.objects.create(person=person, row=row, seen_at=timezone.now())
        Handover.objects.create(
            municipality=municipality,
            giver=person,
            by=person,
            why="leaves",
            starts_on=date(2199, 1, 1 + number),
            recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        Meeting.objects.create(
            municipality=municipality,
            committee=Committee.objects.create(municipality=municipality, name=f"Ausschuss {number}"),
            starts_at=datetime(2199, 1, 20, 18, tzinfo=UTC),
            due_on=date(2199, 1, 6),
            changed_at=timezone.now(),
        )
        make.asked_round(person, name=f"Runde {number}")
        make.deputyship(person, make.user(f"vertretung{number}", role=None))
        make.service_account(f"Programm {number}", responsible=person)
        make.merge(person)
        make.delivery(make.webhook(f"Webhook {number}"), f"msg_{number}")
        Goal.objects.create(**said, year=2030 + number, target=10, decided="Rat", reason="Haushalt")
        make.own_list(person, mapped=False)
        OwnService.objects.create(municipality=municipality, service=service)
        deadline = Deadline.objects.create(
            municipality=municipality,
            name=f"Frist {number}",
            date=date(2022, 12, 31),
            source="Beschluss",
            scope="bundles",
        )
        deadline.bundles.add(bundle)
        course = Course.objects.create(municipality=municipality, title=f"Kurs {number}")
        Requirement.objects.create(course=course, role=Role.STAFF, starts_on="2022-01-01")
        hours = {"starts_at": datetime(2022, 7, 1, 8, tzinfo=UTC), "ends_at": datetime(2022, 7, 1, 10, tzinfo=UTC)}
        CourseDate.objects.create(course=course, **hours).sessions.create(**hours)
        owed = TrainingTask.objects.create(
            municipality=municipality,
            course=course,
            person=person,
            period_start="2022-01-01",
            assigned_on="2022-01-01",
            due_on="2022-04-01",
            reason="Pflicht",
        )
        Completion.objects.create(task=owed, recorded_at=datetime(2022, 2, 1, tzinfo=UTC))
        Exemption.objects.create(
            municipality=municipality,
            person=person,
            course=course,
            starts_on="2022-01-01",
            until="2199-12-31",
            reason="absent",
            recorded_at=datetime(2022, 1, 1, tzinfo=UTC),
            by=person,
        )
        edition(number + 1, figures=canonical.dumps(sample.sample()))
        make.model_change("1.1", date(2025, 7, 1 + number))
        CoordinatorRequest.objects.create(
            municipality=municipality,
            user=make.user(f"vorschlag{number}", role=None),
            effective_on="2022-01-01",
            asked_by=person,
            asked_at=timezone.now(),
        )
        if number:
            make.maturity_model(f"9.{number}")
            MembershipEvent.objects.create(
                user=person,
                municipality=municipality,
                role=Role.COORDINATOR,
                effective_on=date(2022, 1, number),
                recorded_at=timezone.now(),
            )
            make.Membership.objects.create(
                user=person, role=Role.COORDINATOR, municipality=make.municipality(f"B{number}", f"15999001002{number}")
            )
            make.catalogue_import(f"Stand {number}")
            journal.write(journal.Kind.RULE, municipality=municipality, by=person, about=f"Kurs {number}")
