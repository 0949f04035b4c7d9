"""Which address of the API leads to which door."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from catalog.api import catalogue as catalog
from catalog.api.changes import ServiceChanges
from ozg_tracker.accounts.api import municipalities as accounts
from ozg_tracker.accounts.api.calendar import EndMyCalendar, MyCalendar
from ozg_tracker.accounts.api.coordinator_requests import CoordinatorRequests
from ozg_tracker.accounts.api.journal import Journal
from ozg_tracker.accounts.api.keys import EndMyKey, MyKeys
from ozg_tracker.accounts.api.maturity_models import MaturityModelChanges, MaturityModels
from ozg_tracker.accounts.api.memberships import Memberships
from ozg_tracker.accounts.api.own_tasks import MyTasks
from ozg_tracker.accounts.api.people import People
from ozg_tracker.accounts.api.reminders import MyReminders
from ozg_tracker.accounts.api.service_accounts import EndServiceAccountKey, ServiceAccountKeys, ServiceAccounts
from ozg_tracker.accounts.api.sessions import EndMyOtherSessions, EndMySession, MySessions
from ozg_tracker.api.docs import Docs, Schema
from ozg_tracker.api.views import Nothing
from ozg_tracker.feed.api import Changes
from ozg_tracker.handover.api import Handovers
from ozg_tracker.handover.deputies_api import Deputies
from ozg_tracker.people_list.api import PeopleImports
from ozg_tracker.personal.api.me import Me
from ozg_tracker.reorganising.api import departments
from ozg_tracker.tracking.api import catalogue as own
from ozg_tracker.tracking.api import releases
from ozg_tracker.tracking.api import rows as tracking
from ozg_tracker.tracking.api.case_counts import CaseCounts
from ozg_tracker.tracking.api.counting_weeks import CountingWeeks
from ozg_tracker.tracking.api.deadlines import Deadlines
from ozg_tracker.tracking.api.evidence import EvidenceCollection
from ozg_tracker.tracking.api.findings import Findings
from ozg_tracker.tracking.api.following import Comments, MyWatched
from ozg_tracker.tracking.api.merges import Merges
from ozg_tracker.tracking.api.own_lists import OwnLists
from ozg_tracker.tracking.api.own_services import OwnServices
from ozg_tracker.tracking.api.rounds import Rounds
from ozg_tracker.tracking.api.scope_profiles import ScopeProfiles
from ozg_tracker.tracking.api.successions import Successions
from ozg_tracker.training.api import completions, course_dates, courses, papers, standing, team
from ozg_tracker.training.api import trainings as training
from ozg_tracker.training.api.exemptions import Exemptions
from ozg_tracker.training.api.requirements import Requirements
from ozg_tracker.webhooks.api import WebhookDeliveries, Webhooks
from reports.api import editions as reports
from reports.api.checking import Check
from reports.api.comparing import Comparisons
from reports.api.goals import Goals
from reports.api.meetings import Committees, Meetings

router = SimpleRouter()
for name, collection in {
    "topics": catalog.Topics,
    "situations": catalog.Situations,
    "bundles": own.MunicipalityBundles,
    "services": own.MunicipalityServices,
    "catalogue-imports": releases.CatalogueImports,
    "municipalities": accounts.Municipalities,
    "departments": departments.Departments,
    "reorganisations": departments.Reorganisations,
    "people": People,
    "handovers": Handovers,
    "deputies": Deputies,
    "memberships": Memberships,
    "coordinator-requests": CoordinatorRequests,
    "service-accounts": ServiceAccounts,
    "journal": Journal,
    "municipal-services": tracking.MunicipalServices,
    "status-changes": tracking.StatusChanges,
    "evidence": EvidenceCollection,
    "case-counts": CaseCounts,
    "counting-weeks": CountingWeeks,
    "deadlines": Deadlines,
    "findings": Findings,
    "rounds": Rounds,
    "comments": Comments,
    "merges": Merges,
    "own-services": OwnServices,
    "own-lists": OwnLists,
    "scope-profiles": ScopeProfiles,
    "maturity-models": MaturityModels,
    "maturity-model-changes": MaturityModelChanges,
    "courses": courses.Courses,
    "requirements": Requirements,
    "training-tasks": training.TrainingTasks,
    "training-completions": completions.Completions,
    "training-exemptions": Exemptions,
    "course-dates": course_dates.CourseDates,
    "editions": reports.Editions,
    "committees": Committees,
    "meetings": Meetings,
    "goals": Goals,
    "webhooks": Webhooks,
    "webhook-deliveries": WebhookDeliveries,
}.items():
    router.register(name, collection, basename=name)

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/changes/", Changes.as_view(), name="changes"),
    path("v1/services/changes/", ServiceChanges.as_view({"get": "list"}), name="service-changes"),
    path(
        "v1/catalogue-imports/jobs/<int:pk>/", releases.CatalogueJobs.as_view({"get": "retrieve"}), name="catalogue-job"
    ),
    path(
        "v1/catalogue-imports/<int:catalogue_import>/problems/",
        catalog.ImportProblems.as_view({"get": "list"}),
        name="catalogue-import-problems",
    ),
    path(
        "v1/catalogue-imports/<int:pk>/successions/",
        Successions.as_view(),
        name="catalogue-import-successions",
    ),
    path("v1/training-completions/import/", completions.CompletionImports.as_view(), name="completions-import"),
    path("v1/training-tasks/assign/", standing.AssignTrainings.as_view(), name="training-tasks-assign"),
    path("v1/training-coverage/", standing.TrainingCoverage.as_view(), name="training-coverage"),
    path("v1/training-readiness/", standing.TrainingReadiness.as_view(), name="training-readiness"),
    path("v1/training-team/", team.TeamFile.as_view(), name="training-team"),
    path("v1/training-calendar/", papers.TrainingCalendar.as_view(), name="training-calendar"),
    path("v1/certificate-checks/", papers.CertificateCheck.as_view(), name="certificate-checks"),
    path("v1/course-topics/", standing.CourseTopics.as_view(), name="course-topics"),
    path("v1/training-tasks/<int:pk>/proof/", completions.CompletionWithProof.as_view(), name="training-tasks-proof"),
    path("v1/check/", Check.as_view(), name="check"),
    path("v1/comparisons/", Comparisons.as_view(), name="comparisons"),
    path("v1/people/import/", PeopleImports.as_view(), name="people-import"),
    path("v1/service-accounts/<int:pk>/keys/", ServiceAccountKeys.as_view(), name="service-account-keys"),
    path(
        "v1/service-accounts/<int:pk>/keys/<int:key>/revoke/",
        EndServiceAccountKey.as_view(),
        name="end-service-account-key",
    ),
    path("v1/", include(router.urls)),
    path("v1/me/reminders/", MyReminders.as_view(), name="my-reminders"),
    path("v1/me/calendar/", MyCalendar.as_view(), name="my-calendar"),
    path("v1/me/calendar/end/", EndMyCalendar.as_view(), name="end-my-calendar"),
    path("v1/me/keys/", MyKeys.as_view(), name="my-keys"),
    path("v1/me/keys/<int:pk>/revoke/", EndMyKey.as_view(), name="end-my-key"),
    path("v1/me/sessions/", MySessions.as_view(), name="my-sessions"),
    path("v1/me/sessions/<int:pk>/end/", EndMySession.as_view(), name="end-my-session"),
    path("v1/me/sessions/end-others/", EndMyOtherSessions.as_view(), name="end-my-other-sessions"),
    path("v1/me/watched/", MyWatched.as_view(), name="my-watched"),
    path("v1/me/tasks/", MyTasks.as_view(), name="my-tasks"),
    path("v1/me/", Me.as_view(), name="me"),
    path("v1/schema/", Schema.as_view(), name="schema"),
    path("v1/docs/", Docs.as_view(), name="docs"),
    re_path("", Nothing.as_view()),
]
