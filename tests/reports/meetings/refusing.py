"""What a deed says when it refuses."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction


def refused(deed, *given):
    """The codes; nothing of what it had begun stays."""
    with pytest.raises(ValidationError) as error, transaction.atomic():
        deed(*given)
    found = error.value.error_dict if hasattr(error.value, "error_dict") else {"": error.value.error_list}
    return [each.code for errors in found.values() for each in errors]
