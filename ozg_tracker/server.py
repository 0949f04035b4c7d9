"""gunicorn's own lines, such as those of a worker that was stopped, go into the same log in the same form.

`gunicorn -c python:ozg_tracker.server ozg_tracker.wsgi`
"""

from ozg_tracker.settings import LOGGING as logconfig_dict

__all__ = ["logconfig_dict"]
