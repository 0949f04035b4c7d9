"""The door for web servers: `gunicorn ozg_tracker.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ozg_tracker.settings")
application = get_wsgi_application()
