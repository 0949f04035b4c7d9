"""Reading what is sent: a key that nothing reads is a mistake of the sender, and said so."""

from typing import Any, cast

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.serializers import CharField, IntegerField, Serializer


class RequestBody(Serializer[Any]):
    """Base of request bodies. ValidationError `unknown_field` for keys it does not have."""

    @classmethod
    def read(cls, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """What was sent, as `validated_data`; `partial`: without what is not sent. ValidationError for all else."""
        body = cls(data=request.data, partial=partial)
        body.is_valid(raise_exception=True)
        return cast("dict[str, Any]", body.validated_data)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = [key for key in data if key not in self.fields]
            if unknown:
                message = _("Dieses Feld gibt es hier nicht. Möglich sind: %s.") % ", ".join(self.fields)
                raise ValidationError({key: [ErrorDetail(message, "unknown_field")] for key in unknown})
        return super().to_internal_value(data)


class ListProblemSerializer(Serializer[Any]):
    """What is wrong in a list that was sent, and where."""

    sheet = CharField(allow_null=True)
    row = IntegerField(allow_null=True)
    column = CharField(allow_null=True)
    severity = CharField(help_text="error, warning")
    code = CharField()
    message = CharField()
