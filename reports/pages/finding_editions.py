"""Editions as a page's address names them, among those the person may see."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from reports.models import Edition, EditionQuerySet
from reports.pages.first_day import first_day


def visible(request: MunicipalityRequest) -> EditionQuerySet:
    return Edition.objects.visible_to(request.user).filter(municipality=request.municipality)


def edition_of(request: MunicipalityRequest, year: int, month: int, number: int | None) -> Edition:
    """The edition of the month with `number`, or its last; Http404 where the person may not see it."""
    people = ("approved_by", "submitted_by", "approver", "drawn_from")
    editions = visible(request).select_related("municipality", *people).filter(month=first_day(year, month))
    if number is not None:
        return get_object_or_404(editions, number=number)
    found = editions.first()
    if found is None:
        raise Http404
    return found


def address(edition: Edition, page: str = "edition") -> str:
    return reverse(page, args=[edition.month.year, edition.month.month, edition.number])


def decides(request: MunicipalityRequest) -> bool:
    return request.membership is not None and Deed.DECIDE_EDITIONS in request.membership.deeds


def reviews(request: MunicipalityRequest) -> bool:
    return request.membership is not None and Deed.REVIEW_EDITIONS in request.membership.deeds
