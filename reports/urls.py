"""Addresses of this room's pages."""

from django.urls import URLPattern, path

from reports.pages import committees, comparing, editions, goals, meetings, questions, reviews
from reports.pages.publishing import switching
from reports.pages.services import edition_services
from reports.pages.year import report_year

urlpatterns: list[URLPattern] = [
    path("", editions.archive, name="archive"),
    path("regeln/", reviews.rules, name="report_rules"),
    path("oeffentlich/", switching.publishing, name="publishing"),
    path("oeffentlich/beenden/", switching.end, name="end_publishing"),
    path("ziele/", goals.goals, name="goals"),
    path("ziele/zuruecknehmen/", goals.withdraw, name="withdraw_goal"),
    path("vergleich/", comparing.comparison, name="comparison"),
    path("vergleich/zustimmen/", comparing.agree, name="agree_to_comparison"),
    path("vergleich/beenden/", comparing.end, name="end_comparison"),
    path("festschreiben/", editions.freeze, name="freeze_month"),
    path("sitzungen/", meetings.meetings, name="meetings"),
    path("sitzungen/neu/", meetings.meeting, name="new_meeting"),
    path("sitzungen/<int:pk>/", meetings.meeting, name="meeting"),
    path("sitzungen/<int:pk>/absagen/", meetings.cancel, name="cancel_meeting"),
    path("sitzungen/gremien/neu/", committees.committee, name="new_committee"),
    path("sitzungen/gremien/<int:pk>/", committees.committee, name="committee"),
    path("sitzungen/gremien/<int:pk>/beenden/", committees.end, name="end_committee"),
    path("sitzungen/gremien/<int:pk>/fortsetzen/", committees.resume, name="resume_committee"),
    path("sitzungen/gremien/<int:pk>/kalender.ics", committees.calendar, name="committee_calendar"),
    path("fragen/", questions.questions, name="questions"),
    path("fragen/<int:pk>/antwort/", questions.answer, name="answer_question"),
    path("fragen/<int:pk>/zurueckziehen/", questions.withdraw, name="withdraw_question"),
    path("<int:year>/", report_year, name="report_year"),
    path("<int:year>/<int:month>/", editions.edition, name="month"),
    path("<int:year>/<int:month>/vorschau/", editions.preview, name="preview_month"),
    path("<int:year>/<int:month>/berichtigen/", editions.correct, name="correct_edition"),
    path("<int:year>/<int:month>/<int:number>/", editions.edition, name="edition"),
    path("<int:year>/<int:month>/<int:number>/leistungen/", edition_services, name="edition_services"),
    path("<int:year>/<int:month>/<int:number>/fragen/", questions.ask, name="ask_question"),
    path("<int:year>/<int:month>/<int:number>/genehmigen/", editions.approve, name="approve_edition"),
    path("<int:year>/<int:month>/<int:number>/pruefung/", reviews.review, name="review_edition"),
    path("<int:year>/<int:month>/<int:number>/pruefung/oeffnen/", reviews.open_review, name="open_edition_review"),
    path("<int:year>/<int:month>/<int:number>/pruefung/erinnern/", reviews.remind, name="remind_departments"),
    path("<int:year>/<int:month>/<int:number>/pruefung/berichtigen/", reviews.correct_several, name="correct_months"),
    path("<int:year>/<int:month>/<int:number>/neu-berechnen/", reviews.renew, name="renew_edition"),
    path("<int:year>/<int:month>/<int:number>/verwerfen/", reviews.drop, name="drop_edition"),
    path("<int:year>/<int:month>/<int:number>/einwaende/", reviews.objections, name="objections"),
    path("<int:year>/<int:month>/<int:number>/einwaende/<int:pk>/", reviews.answer, name="answer_objection"),
    path("<int:year>/<int:month>/<int:number>/genehmigung/", reviews.approval, name="approval"),
    path("<int:year>/<int:month>/<int:number>/<slug:format>", editions.download, name="edition_file"),
]
