"""Municipalities that agree to be compared, each with a published edition."""

from datetime import UTC, date, datetime

from ozg_tracker.accounts.models import User
from reports import canonical
from reports.models import ComparisonAgreement, Edition
from tests import make
from tests.reports.sample import sample

OCTOBER, NOVEMBER = date(2022, 10, 1), date(2022, 11, 1)
AGREED_ON = datetime(2022, 10, 12, 9, tzinfo=UTC)
DUE = {OCTOBER: datetime(2022, 11, 11, 0, tzinfo=UTC), NOVEMBER: datetime(2022, 12, 11, 0, tzinfo=UTC)}


def figures(per_cent, month=OCTOBER, relevant=60, **parts):
    """Every rate at so many per cent."""
    rate = {"numerator": per_cent, "denominator": 100}
    told = sample()
    return (
        told
        | {"month": f"{month:%Y-%m}", "totals": told["totals"] | {"relevant": relevant}}
        | {"rates": told["rates"] | dict.fromkeys(("services_ready", "bundles_online", "bundles_complete"), rate)}
        | parts
    )


def reports(municipality, per_cent, month=OCTOBER, number=1, state="approved", **parts):
    """An edition of the municipality's `month`."""
    text = canonical.dumps(figures(per_cent, month, **parts))
    return Edition.objects.create(
        municipality=municipality,
        month=month,
        number=number,
        figures=text,
        sha256=canonical.digest(text),
        known_at=datetime(2022, 12, 2, tzinfo=UTC),
        catalogue_import=make.catalogue_import(),
        state=state,
        correction_reason="" if number == 1 else "Nachgetragen",
    )


def says(municipality, agreed=True, at=AGREED_ON):
    by = User.objects.first() or make.user()
    return ComparisonAgreement.objects.create(
        municipality=municipality, agreed=agreed, reason="Beschluss", by=by, recorded_at=at
    )


def member(number, agreed_on=AGREED_ON, kind="kreisangehoerig"):
    """A municipality that agrees; number 0 is the one the coordinator is of."""
    made = make.municipality() if number == 0 else make.municipality(f"Ort {number}", f"15999002{number:04d}", kind)
    says(made, at=agreed_on)
    return made


def members(*rates, month=OCTOBER, **more):
    """One for each rate in per cent, with an edition of `month`."""
    made = [member(number, **more) for number in range(len(rates))]
    for each, per_cent in zip(made, rates, strict=True):
        reports(each, per_cent, month)
    return made
