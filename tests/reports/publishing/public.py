"""A municipality whose published editions are open to anybody."""

import json
from datetime import UTC, datetime

from reports import canonical
from reports.models import Edition
from reports.publishing.make_public import make_public
from tests import make
from tests.reports.sample import sample

HOME = f"/oeffentlich/{make.ARS}/"
SAID = {
    "licence": "dl-by-de/2.0",
    "publisher": "Stadt Musterstadt, Stabsstelle Digitales",
    "mail": "digitales@musterstadt.example",
    "reason": "Beschluss des Rates vom 1.12.2022",
}


def stored(number=1, month="2022-11", figures=None, municipality=None, **fields):
    """An approved edition with figures of the whole shape, as the database holds it."""
    told = (figures or sample()) | {"month": month}
    text = canonical.dumps(told)
    return Edition.objects.create(
        **{
            "municipality": municipality or make.municipality(),
            "month": f"{month}-01",
            "number": number,
            "figures": text,
            "sha256": canonical.digest(text),
            "known_at": datetime(2022, 12, 1, tzinfo=UTC),
            "catalogue_import": make.catalogue_import(),
            "correction_reason": "Zahlendreher" if number > 1 else "",
            "state": Edition.State.APPROVED,
            "approved_at": datetime(2022, 12, 9, 23, 30, tzinfo=UTC),
            **fields,
        }
    )


def opened(by=None, municipality=None, **said):
    """The municipality's editions open, by its coordinator."""
    municipality = municipality or make.municipality()
    return make_public(municipality, by or make.user(), **(SAID | said))


def figures_of(answer):
    return json.loads(answer.content)
