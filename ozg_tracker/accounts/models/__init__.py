"""Who: municipalities, their tree of departments, people and the one role each has in a municipality."""

from ozg_tracker.accounts.models.calendars import CalendarAddress
from ozg_tracker.accounts.models.coordinator_requests import CoordinatorRequest, CoordinatorRequestQuerySet
from ozg_tracker.accounts.models.departments import Department, DepartmentEvent, Reorganisation
from ozg_tracker.accounts.models.deputies import Deputyship, DeputyshipQuerySet
from ozg_tracker.accounts.models.journal import JournalEntry, JournalQuerySet
from ozg_tracker.accounts.models.maturity_events import MaturityModelEvent
from ozg_tracker.accounts.models.membership_events import MembershipEvent, MembershipEventQuerySet
from ozg_tracker.accounts.models.memberships import Membership, MembershipQuerySet
from ozg_tracker.accounts.models.municipalities import Municipality, MunicipalityQuerySet
from ozg_tracker.accounts.models.people import User
from ozg_tracker.accounts.models.reminder_choices import HowOften, ReminderChoice
from ozg_tracker.accounts.models.reminder_letters import ReminderLetter
from ozg_tracker.accounts.models.roles import MAY, Deed, Reach, Role, deeds_of, reach_of, who_may
from ozg_tracker.accounts.models.service_accounts import ServiceAccount, ServiceAccountQuerySet
from ozg_tracker.accounts.models.staff_numbers import StaffNumber
from ozg_tracker.accounts.models.tokens import Scope, Token

__all__ = [
    "MAY",
    "CalendarAddress",
    "CoordinatorRequest",
    "CoordinatorRequestQuerySet",
    "Deed",
    "Department",
    "DepartmentEvent",
    "Deputyship",
    "DeputyshipQuerySet",
    "HowOften",
    "JournalEntry",
    "JournalQuerySet",
    "MaturityModelEvent",
    "Membership",
    "MembershipEvent",
    "MembershipEventQuerySet",
    "MembershipQuerySet",
    "Municipality",
    "MunicipalityQuerySet",
    "Reach",
    "ReminderChoice",
    "ReminderLetter",
    "Reorganisation",
    "Role",
    "Scope",
    "ServiceAccount",
    "ServiceAccountQuerySet",
    "StaffNumber",
    "Token",
    "User",
    "deeds_of",
    "reach_of",
    "who_may",
]
