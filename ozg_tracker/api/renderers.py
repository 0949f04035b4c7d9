"""How our API writes: JSON as it is, instants in Berlin's time with offset, days as ISO."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.renderers import JSONRenderer as DRFJSONRenderer
from rest_framework.utils.encoders import JSONEncoder as DRFJSONEncoder


class JSONEncoder(DRFJSONEncoder):
    def default(self, obj: Any) -> Any:
        if isinstance(obj, datetime):
            return timezone.localtime(obj).isoformat()
        return super().default(obj)


class JSONRenderer(DRFJSONRenderer):
    encoder_class = JSONEncoder
