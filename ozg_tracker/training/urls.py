"""Addresses of this room's pages."""

from django.urls import URLPattern, path

from ozg_tracker.training.pages import checking, completion_list, courses, exemptions, mine, readiness, rules, team

urlpatterns: list[URLPattern] = [
    path("schulungen/", mine.my_trainings, name="my_trainings"),
    path("schulungen/kalender.ics", mine.calendar_file, name="training_calendar"),
    path("schulungen/<int:pk>/erledigt/", mine.complete, name="complete_training"),
    path("schulungen/<int:pk>/termin/", mine.choose_date, name="choose_course_date"),
    path("schulungen/<int:pk>/aussetzen/", team.suspend, name="suspend_training"),
    path("schulungen/<int:pk>/aufnehmen/", team.resume, name="resume_training"),
    path("schulungen/<int:pk>/berichtigen/", mine.correct, name="correct_training"),
    path("schulungen/<int:pk>/zuruecknehmen/", mine.take_back, name="take_training_back"),
    path("schulungen/<int:pk>/zurueckziehen/", checking.withdraw, name="withdraw_training"),
    path("schulungen/<int:pk>/verschieben/", checking.move, name="move_training"),
    path("schulungen/<int:pk>/bestaetigen/", checking.confirm, name="confirm_completion"),
    path("schulungen/<int:pk>/zurueckweisen/", checking.reject, name="reject_completion"),
    path("schulungen/<int:pk>/verlauf/", exemptions.history, name="training_history"),
    path("schulungen/personen/<int:pk>/", exemptions.person, name="trainings_of_person"),
    path("schulungen/personen/<int:pk>/befreien/", exemptions.exempt_person, name="exempt_person"),
    path("schulungen/befreiungen/", exemptions.exemptions, name="training_exemptions"),
    path("schulungen/befreiungen/<int:pk>/beenden/", exemptions.end, name="end_exemption"),
    path("schulungen/bereitschaft/", readiness.readiness_page, name="training_readiness"),
    path("schulungen/nachweise/liste/", completion_list.enter, name="completion_list"),
    path("schulungen/nachweise/liste/vorschau/", completion_list.preview, name="preview_completions"),
    path("schulungen/nachweise/liste/uebernehmen/", completion_list.apply, name="apply_completions"),
    path("schulungen/nachweise/", checking.to_check, name="completions_to_check"),
    path("schulungen/nachweise/<int:pk>/", mine.proof, name="training_proof"),
    path("schulungen/fachbereich/", team.department, name="department_trainings"),
    path("schulungen/fachbereich/liste.<str:form>", team.department_file, name="department_trainings_file"),
    path("schulungen/zuweisen/", team.assign, name="assign_training"),
    path("schulungen/kurse/", courses.courses, name="courses"),
    path("schulungen/kurse/neu/", courses.new_course, name="new_course"),
    path("schulungen/kurse/<int:pk>/", courses.course, name="course"),
    path("schulungen/kurse/<int:pk>/pflichten/", rules.add, name="add_requirement"),
    path("schulungen/kurse/<int:pk>/termine/", courses.add_date, name="add_course_date"),
    path("schulungen/termine/<int:pk>/", courses.change_date, name="change_course_date"),
    path("schulungen/termine/<int:pk>/absagen/", courses.cancel_date, name="cancel_course_date"),
    path("schulungen/pflichten/<int:pk>/", rules.change, name="change_requirement"),
    path("schulungen/pflichten/<int:pk>/beenden/", rules.end, name="end_requirement"),
]
