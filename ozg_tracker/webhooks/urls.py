"""Addresses of webhooks."""

from django.urls import URLPattern, path

from ozg_tracker.webhooks import pages

urlpatterns: list[URLPattern] = [
    path("", pages.webhooks, name="webhooks"),
    path("neu/", pages.new_webhook, name="new_webhook"),
    path("<int:pk>/", pages.webhook, name="webhook"),
    path("<int:pk>/probe/", pages.probe, name="probe_webhook"),
    path("<int:pk>/anhalten/", pages.pause, name="pause_webhook"),
    path("<int:pk>/fortsetzen/", pages.resume, name="resume_webhook"),
    path("<int:pk>/geheimnis/", pages.renew, name="renew_webhook"),
    path("<int:pk>/beenden/", pages.end, name="end_webhook"),
    path("nachrichten/<int:pk>/senden/", pages.resend, name="resend_delivery"),
]
