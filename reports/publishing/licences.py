"""Where a licence is told, for people and for programs: official addresses only."""

from dataclasses import dataclass

from reports.models import Licence


@dataclass(frozen=True)
class LicenceText:
    """`uri` is that of the list of DCAT-AP.de (http://dcat-ap.de/def/licenses/), `text` where people read it; `named`:
    whether who uses the data has to name where it comes from.
    """

    uri: str
    text: str
    named: bool


_LIST = "http://dcat-ap.de/def/licenses/"

LICENCES: dict[Licence, LicenceText] = {
    Licence.BY: LicenceText(f"{_LIST}{Licence.BY}", "https://www.govdata.de/dl-de/by-2-0", True),
    Licence.ZERO: LicenceText(f"{_LIST}{Licence.ZERO}", "https://www.govdata.de/dl-de/zero-2-0", False),
    Licence.CC_BY: LicenceText(f"{_LIST}{Licence.CC_BY}", "https://creativecommons.org/licenses/by/4.0/", True),
}
