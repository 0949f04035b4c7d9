"""What was said of an edition on its way: its steps, and the departments' answers."""

from dataclasses import dataclass

from django.db.models import QuerySet

from ozg_tracker.accounts.models import Department, Membership, Role
from reports.models import Edition, EditionStep

Step = EditionStep.Kind


@dataclass(frozen=True)
class Answer:
    """What a department said: its objections, or that it has none; neither: it did not answer yet."""

    department: Department
    objections: list[EditionStep]
    content: EditionStep | None

    @property
    def unanswered(self) -> int:
        """How many of its objections nobody has answered."""
        return sum(1 for each in self.objections if not hasattr(each, "answer"))

    @property
    def given(self) -> bool:
        return bool(self.objections or self.content)


def steps_of(edition: Edition) -> QuerySet[EditionStep]:
    """Every step of the edition, under whichever row of its number it was taken, oldest first."""
    return EditionStep.objects.filter(
        edition__municipality=edition.municipality_id, edition__month=edition.month, edition__number=edition.number
    ).select_related("by", "department", "row__service", "answer__by")


def answers_of(edition: Edition) -> list[Answer]:
    """A line for each department with a lead, by name; three queries."""
    led = Membership.objects.filter(municipality=edition.municipality_id, role=Role.MANAGER, user__is_active=True)
    departments = Department.objects.filter(pk__in=led.values("department")).order_by("name")
    said = [each for each in steps_of(edition) if each.department_id]
    return [
        Answer(
            department,
            [each for each in said if each.department_id == department.pk and each.kind == Step.OBJECTED],
            next((each for each in said if each.department_id == department.pk and each.kind == Step.CONTENT), None),
        )
        for department in departments
    ]
