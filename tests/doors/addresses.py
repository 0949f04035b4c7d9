"""Every address of the table, what its own key names, and who goes there."""

import json

from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.doors.access_table import TABLE
from tests.doors.api_access_table import API_TABLE
from tests.doors.bodies import BODIES, EDITION, OWN_LISTS, ROUNDS, WEEKS
from tests.doors.people_access_table import PEOPLE_TABLE
from tests.doors.sign_in_table import SIGN_IN_TABLE
from tests.make import ARS

PEOPLE = ("anonymous", "operator", "coordinator", "manager", "staff", "council", "other")

LINES = [line.split() for line in (TABLE + SIGN_IN_TABLE + PEOPLE_TABLE + API_TABLE).splitlines() if line]


# what an address's own key names, for those that have one
KEYS = {
    "service": "row",
    "confirm_service": "row",
    "comment_service": "row",
    "deal_with_comments": "row",
    "watch_service": "row",
    "withdraw_comment": "comment",
    "case-counts-detail": "case_count",
    "goals-detail": "goal",
    **{f"counting-weeks-{deed}": "counting_week" for deed in WEEKS},
    "counting_week": "counting_week",
    "comments-detail": "comment",
    "comments-withdraw": "comment",
    "own_service": "own",
    "merge": "merge",
    **dict.fromkeys(("own_list", "map_own_list"), "own_list"),
    "round": "round",
    "take_round_step_back": "round_step",
    **dict.fromkeys([f"merges-{deed}" for deed in ("detail", "standing", "decide", "take", "drop")], "merge"),
    **{f"own-lists-{deed}": "own_list" for deed in OWN_LISTS},
    **{f"rounds-{deed}": "round" for deed in ROUNDS},
    "catalogue_import": "import",
    "follow_catalogue": "import",  # names nobody's work
    "import_problems": "import",
    "import_problems_ods": "import",
    "undo_import": "import",
    "decide_successions": "import",
    "complete_training": "task",
    "suspend_training": "task",
    "resume_training": "task",
    "correct_training": "proof_task",
    "issue_certificate": "proof_task",
    "take_training_back": "proof_task",
    "withdraw_training": "task",
    "move_training": "task",
    "confirm_completion": "proof_task",
    "reject_completion": "proof_task",
    "training_history": "task",
    "trainings_of_person": "clerk",
    "exempt_person": "clerk",
    "end_exemption": "exemption",
    "training-completions-detail": "proof",
    "training-completions-proof": "proof",
    "training-tasks-proof": "task",
    "training-exemptions-detail": "exemption",
    "training-exemptions-end": "exemption",
    "training-tasks-history": "task",
    "change_course_date": "date",
    "cancel_course_date": "date",
    "choose_course_date": "task",
    "course_page": "course",
    "enrol": "course",
    "leave_course": "course",
    "archive_course": "course",
    "bring_course_back": "course",
    "course_date": "date",
    "record_presence": "date",
    "register_for_date": "date",
    "withdraw_from_date": "date",
    "training_proof": "proof",
    "course": "course",
    "add_requirement": "course",
    "add_course_date": "course",
    "change_requirement": "requirement",
    "end_requirement": "requirement",
    "catalogue_situation": "situation",
    "catalogue_service": "service",
    **dict.fromkeys(("meeting", "cancel_meeting", "meetings-detail", "meetings-cancel"), "meeting"),
    **dict.fromkeys(("committee", "committee_calendar", "end_committee", "resume_committee"), "committee"),
    **{f"committees-{deed}": "committee" for deed in ("detail", "end", "resume")},
    **{f"webhooks-{deed}": "webhook" for deed in ("detail", "renew", "pause", "resume", "end", "probe")},
    **dict.fromkeys(
        ("webhook", *(f"{deed}_webhook" for deed in ("probe", "pause", "resume", "renew", "end"))), "webhook"
    ),
    **dict.fromkeys(("resend_delivery", "webhook-deliveries-detail", "webhook-deliveries-resend"), "delivery"),
    "answer_question": "question",
    "withdraw_question": "question",
    "end_token": "token",
    "end-my-key": "token",
    "journal-detail": "entry",
    "people-detail": "member",
    "memberships-detail": "membership_event",
    "memberships-call-off": "membership_event",
    "people-role": "member",
    **dict.fromkeys(("call_off_deputy", "deputies-detail", "deputies-call-off"), "deputyship"),
    "handovers-detail": "handover",
    "handovers-take-back": "handover",
    "people-leave": "member",
    "people-resume": "member",
    "people-end-second-factor": "member",
    "person": "member",
    "take_second_factor": "member",
    "sign_in_slip": "member",
    **dict.fromkeys(("service_account", "new_service_key", "end_service_account"), "service_account"),
    **dict.fromkeys(("service-accounts-detail", "service-accounts-end", "service-account-keys"), "service_account"),
    "hand_over": "clerk",
    "take_handover_back": "handover",
    "department": "department",
    "reorganisations-detail": "reorganisation",
    "reorganisations-undo": "reorganisation",
    "undo_reorganisation": "reorganisation",
    "call_off_reorganisation": "planned_reorganisation",
    "drop_reorganisation_draft": "reorganisation_draft",
    "reorganisation_draft": "reorganisation_draft",
    "call_off_move": "membership_event",
    "end_person": "member",
    "resume_person": "member",
    "password_way": "member",
    "topics-detail": "topic",
    "situations-detail": "situation",
    "bundles-detail": "bundle",
    "services-detail": "service",
    "catalogue-imports-detail": "import",
    "catalogue-imports-undo": "import",
    "catalogue-import-successions": "import",
    "municipalities-detail": "municipality",
    "departments-detail": "department",
    "municipal-services-detail": "row",
    "status-changes-detail": "event",
    "evidence-detail": "evidence",
    "deadline": "deadline",
    "end_deadline": "deadline",
    "own-services-detail": "own",
    "own-services-end": "own",
    "own-services-merge": "own",
    "deadlines-detail": "deadline",
    "deadlines-end": "deadline",
    "deadlines-planned": "deadline",
    "deadlines-call-off": "deadline",
    "call_off_deadline": "planned_deadline",
    "maturity-models-detail": "model",
    "scope-profiles-detail": "profile",
    "decide_coordinator": "proposal",
    "coordinator-requests-detail": "proposal",
    "coordinator-requests-confirm": "proposal",
    "coordinator-requests-decline": "proposal",
    "municipalities-second-coordinator": "municipality",
    "maturity-model-changes-detail": "model_change",
    "maturity-model-changes-call-off": "model_change",
    "call_off_maturity_model": "model_change",
    "courses-detail": "course",
    "courses-preview": "course",
    "courses-archive": "course",
    "courses-bring-back": "course",
    "courses-take": "course",
    "courses-leave": "course",
    "course-dates-cancel": "date",
    "course-dates-sign-up": "date",
    "course-dates-withdraw": "date",
    "course-dates-presence": "date",
    "course-dates-attendance": "date",
    "requirements-detail": "requirement",
    "requirements-end": "requirement",
    "training-tasks-detail": "task",
    "training-tasks-report-done": "task",
    "training-tasks-suspend": "task",
    "training-tasks-resume": "task",
    "training-tasks-correct": "proof_task",
    "training-tasks-certificate": "proof_task",
    "training-tasks-take-back": "proof_task",
    "training-tasks-confirm": "proof_task",
    "training-tasks-reject": "proof_task",
    "training-tasks-withdraw": "task",
    "training-tasks-move": "task",
    "course-dates-detail": "date",
    **{f"editions-{deed}": "edition" for deed in EDITION},
}
MONTH = {"year": 2022, "month": 11}
PUBLIC = {"ars": ARS}
OTHER_KEYS = {
    "mfa_edit_webauthn": {"pk": 0},
    "mfa_remove_webauthn": {"pk": 0},
    "end_session": {"pk": 0},
    "end-my-session": {"pk": 0},
    "confirm_address": {"key": "falsch"},
    "calendar": {"secret": "falsch"},
    "own_data_file": {"form": "json"},
    "signing_keys": {"ars": "150830270270"},
    "public_municipality": PUBLIC,
    "public_catalogue": PUBLIC | {"format": "ttl"},
    "public_card": PUBLIC,
    "public_card_drawing": PUBLIC,
    "public_month": PUBLIC | MONTH,
    "public_edition": PUBLIC | MONTH | {"number": 0},
    "public_file": PUBLIC | MONTH | {"number": 0, "format": "json"},
    "public_view": PUBLIC | MONTH | {"number": 0, "format": "json"},
    "oparl_system": PUBLIC,
    "public_feed": PUBLIC,
    "oparl_list": PUBLIC | {"name": "papers"},
    "oparl_object": PUBLIC | {"name": "bodies", "key": ARS},
    "oparl_meetings": PUBLIC | {"key": "0"},
    "journal_file": {"form": "xlsx"},
    "department_trainings_file": {"form": "xlsx"},
    "look_back_file": {"form": "xlsx"},
    "quality_file": {"form": "xlsx"},
    "case_template": {"year": 2025, "form": "xlsx"},
    "finding": {"code": "not_rated"},
    "put_off_finding": {"code": "not_rated"},
    "take_up_finding": {"code": "not_rated"},
    "catalogue-job": {"pk": 0},
    "account_reset_password_from_key": {"uidb36": "1", "key": "falsch"},
    "catalogue_bundle": {"ozg_id": "10041"},
    "profile": {"kind": "kreisangehoerig"},
    "edit_profile": {"kind": "kreisangehoerig"},
    "month": MONTH,
    "report_year": {"year": 2022},
    "preview_month": {"year": 2020, "month": 1},
    "correct_edition": MONTH,
    "edition": MONTH | {"number": 0},
    "approve_edition": MONTH | {"number": 0},
    "ask_question": MONTH | {"number": 0},
    "edition_services": MONTH | {"number": 0},
    "review_edition": MONTH | {"number": 0},
    "open_edition_review": MONTH | {"number": 0},
    "remind_departments": MONTH | {"number": 0},
    "correct_months": MONTH | {"number": 0},
    "renew_edition": MONTH | {"number": 0},
    "drop_edition": MONTH | {"number": 0},
    "objections": MONTH | {"number": 0},
    "answer_objection": MONTH | {"number": 0, "pk": 0},
    "approval": MONTH | {"number": 0},
    "edition_file": MONTH | {"number": 2, "format": "json"},
}
QUERIES = {
    "editions-export": "?format=csv",
    "service-changes": "?since=2026-01",
    "check": f"?sha256={'0' * 64}",
}


def _task(course, person, day, **more):
    return course.tasks.create(
        municipality=course.municipality,
        person=person,
        period_start=day,
        assigned_on=day,
        due_on=day,
        reason="Pflicht",
        **more,
    )


def keys(name, pieces):
    if name == "catalogue-import-problems":
        return {"catalogue_import": pieces["import"].pk}
    if name in ("round_answers", "answer_round"):
        return {"pk": pieces["round"].pk, "unit": pieces["department"].pk}
    if name in ("end_service_key", "end-service-account-key"):
        return {"pk": pieces["service_account"].pk, "key": pieces["service_key"].pk}
    if name == "row_cases":
        return {"pk": pieces["row"].pk, "year": 2025}
    if name in KEYS:
        return {"pk": pieces[KEYS[name]].pk}
    found = OTHER_KEYS.get(name, {})
    return found | {"number": pieces["edition"].number} if "number" in found else found


def status(method, name, person, pieces):
    """What `person` gets, with nothing kept."""
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person)
    address = reverse(name, kwargs=keys(name, pieces)) + QUERIES.get(name, "")
    with transaction.atomic():
        if address.startswith("/api/") and method != "GET":
            body = BODIES.get(name, {})
            body = body(pieces) if callable(body) else body
            headers = {"If-Match": '"1"'} if method == "PATCH" else {}
            response = client.generic(method, address, json.dumps(body), "application/json", headers=headers)
        else:
            response = getattr(client, method.lower())(address)
        transaction.set_rollback(True)
    return response.status_code
