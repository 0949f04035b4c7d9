import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from ozg_tracker.accounts.models import Membership, Role
from ozg_tracker.accounts.signing_in.middleware import MunicipalityMiddleware, choose_municipality
from tests import make

pytestmark = pytest.mark.django_db


def _through(rf, user, session=None):
    request = rf.get("/")
    request.user, request.session = user, session if session is not None else {}
    MunicipalityMiddleware(lambda _: HttpResponse())(request)
    return request


def test_without_sign_in_there_is_no_municipality(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        request = _through(rf, AnonymousUser())
    assert (request.municipality, request.membership) == (None, None)


def test_the_first_municipality_by_name_until_another_is_chosen(rf, django_assert_num_queries):
    person = make.user("a.beispiel", Role.STAFF, municipality=make.municipality("Neustadt", ars="159990020020"))
    first = make.municipality("Altstadt", ars="159990030030")
    Membership.objects.create(user=person, municipality=first, role=Role.COUNCIL)
    with django_assert_num_queries(1):
        request = _through(rf, person)
    assert (request.municipality, request.membership.role) == (first, "council")
    choose_municipality(request, make.municipality("Neustadt", ars="159990020020"))
    request = _through(rf, person, request.session)
    assert (request.municipality.name, request.membership.role) == ("Neustadt", "staff")


def test_a_municipality_the_person_no_longer_belongs_to_is_forgotten(rf):
    person = make.user("a.beispiel", Role.STAFF)
    request = _through(rf, person, {"municipality": make.municipality("Neustadt", ars="159990020020").pk})
    assert request.municipality == make.municipality()


def test_a_person_without_any_role_has_no_municipality(rf):
    assert _through(rf, make.user("a.beispiel", role=None)).municipality is None
