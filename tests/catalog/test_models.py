"""Nonsense that the database itself refuses."""

import pytest
from django.db import IntegrityError

from catalog.models import Bundle, MaturityLevel, Service, ServiceBundle
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"key": "9910201310400"}, "key_has_fourteen_digits"),
        ({"key": "99102013104001"}, "key_is_identity"),
        ({"name": ""}, "service_has_name"),
    ],
)
def test_a_service_has_a_name_and_a_key_of_fourteen_digits_that_is_its_identity(wrong, constraint):
    service = make.service()
    if len(wrong.get("key", "")) == 13:
        wrong["identity"] = wrong["key"]
    with pytest.raises(IntegrityError, match=constraint):
        Service.objects.filter(pk=service.pk).update(**wrong)


@pytest.mark.parametrize(("wrong", "constraint"), [({"ozg_id": "1004"}, "five_digits"), ({"name": ""}, "has_name")])
def test_a_bundle_has_a_name_and_five_digits(wrong, constraint):
    bundle = make.bundle()
    with pytest.raises(IntegrityError, match=constraint):
        Bundle.objects.filter(pk=bundle.pk).update(**wrong)


def test_a_service_stands_only_once_in_a_bundle():
    service, bundle = make.service(), make.bundle()
    with pytest.raises(IntegrityError):
        ServiceBundle.objects.create(service=service, bundle=bundle, since=service.since)


def test_a_link_ends_after_it_began():
    service = make.service()
    with pytest.raises(IntegrityError, match="link_ends_later"):
        service.links.update(until=service.since)


def test_a_level_stands_once_in_its_model():
    level = make.level(3)
    with pytest.raises(IntegrityError):
        MaturityLevel.objects.create(model=level.model, number=3, name="noch einmal")
