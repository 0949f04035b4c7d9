"""Addresses of this room's pages."""

from django.urls import URLPattern, path

from ozg_tracker.training import course_views, team_views, views

urlpatterns: list[URLPattern] = [
    path("schulungen/", views.my_trainings, name="my_trainings"),
    path("schulungen/kalender.ics", views.calendar_file, name="training_calendar"),
    path("schulungen/<int:pk>/erledigt/", views.complete, name="complete_training"),
    path("schulungen/<int:pk>/termin/", views.choose_date, name="choose_course_date"),
    path("schulungen/<int:pk>/aussetzen/", team_views.suspend, name="suspend_training"),
    path("schulungen/<int:pk>/aufnehmen/", team_views.resume, name="resume_training"),
    path("schulungen/nachweise/<int:pk>/", views.proof, name="training_proof"),
    path("schulungen/fachbereich/", team_views.department, name="department_trainings"),
    path("schulungen/zuweisen/", team_views.assign, name="assign_training"),
    path("schulungen/kurse/", course_views.courses, name="courses"),
    path("schulungen/kurse/neu/", course_views.new_course, name="new_course"),
    path("schulungen/kurse/<int:pk>/", course_views.course, name="course"),
    path("schulungen/kurse/<int:pk>/pflichten/", course_views.add_requirement, name="add_requirement"),
    path("schulungen/kurse/<int:pk>/termine/", course_views.add_date, name="add_course_date"),
    path("schulungen/termine/<int:pk>/", course_views.change_date, name="change_course_date"),
    path("schulungen/termine/<int:pk>/absagen/", course_views.cancel_date, name="cancel_course_date"),
    path("schulungen/pflichten/<int:pk>/aufheben/", course_views.remove_requirement, name="remove_requirement"),
]
