"""The published editions as papers, and their files."""

from collections import defaultdict
from datetime import date, datetime
from functools import cached_property

from reports import months
from reports.exporting.export_edition import MEDIA_TYPES
from reports.exporting.file import file_name
from reports.models import Edition, PublicFile
from reports.publishing.files import PUBLIC_FORMATS
from reports.publishing.oparl.thing import Base, Said, Thing
from reports.publishing.shown import issued, public_editions
from reports.telling import wording

MAIN = "pdf"
# a paper's `web` is the report as a page; the HTML file is for keeping
FORMATS = tuple(each for each in PUBLIC_FORMATS if each != "html")


class Papers:
    """Two queries, each once it is needed."""

    def __init__(self, base: Base) -> None:
        self.base = base

    @cached_property
    def editions(self) -> list[Edition]:
        """Month by month, the first number first; figures are not read."""
        found = public_editions(self.base.publication).defer("figures", "differences")
        return list(found.order_by("month", "number"))

    @cached_property
    def last(self) -> dict[date, Edition]:
        """The edition that holds, by month."""
        return {each.month: each for each in self.editions}

    @cached_property
    def opened(self) -> dict[date, datetime]:
        """Since when a month has a published edition."""
        found: dict[date, datetime] = {}
        for each in self.editions:
            found[each.month] = min(issued(each), found.get(each.month, issued(each)))
        return found

    @cached_property
    def replaced(self) -> dict[int, datetime]:
        """Since when an edition is replaced, by its id."""
        found: dict[int, datetime] = {}
        for at, each in enumerate(self.editions):
            later = [issued(other) for other in self.editions[at + 1 :] if other.month == each.month]
            if later:
                found[each.pk] = min(later)
        return found

    @cached_property
    def files(self) -> dict[int, list[Thing]]:
        """Of each edition those that were drawn, the main one first: from then on a file stays as it is."""
        drawn = PublicFile.objects.filter(edition__in=[each.pk for each in self.editions], format__in=FORMATS)
        facts = defaultdict[int, dict[str, tuple[int, str, datetime]]](dict)
        columns = drawn.values_list("edition", "format", "size", "sha512", "drawn_at")
        for edition, format, size, sha512, drawn_at in columns:
            facts[edition][format] = (size, sha512, drawn_at)
        order = sorted(FORMATS, key=lambda format: format != MAIN)
        return {
            each.pk: [self._file(each, format, *facts[each.pk][format]) for format in order if format in facts[each.pk]]
            for each in self.editions
        }

    def url(self, edition: Edition) -> str:
        return self.base.url("papers", f"{edition.month:%Y-%m}-{edition.number}")

    def paper(self, edition: Edition, consultations: list[Thing]) -> Thing:
        """`consultations`: those in which it is dealt with, and that were."""
        files = self.files[edition.pk]
        replaced = self.replaced.get(edition.pk)

        def say() -> Said:
            main = [each.told(within=True) for each in files if each.url.endswith(f"-{MAIN}/")]
            others = [each.told(within=True) for each in files if not each.url.endswith(f"-{MAIN}/")]
            going = [each.told(within=True) for each in consultations if not each.deleted]
            return {
                "body": self.base.url("bodies", self.base.addresses.ars),
                "name": _name(edition),
                "paperType": "Sachstandsbericht",
                **({"mainFile": main[0]} if main else {}),
                **({"auxiliaryFile": others} if others else {}),
                **({"consultation": going} if going else {}),
                "web": self.base.addresses.edition(edition),
            }

        moments = [issued(edition), self.base.since, *(each.modified for each in (*files, *consultations))]
        modified = max([*moments, replaced or self.base.since])
        return Thing("Paper", self.url(edition), issued(edition), modified, say, replaced is not None)

    def _file(self, edition: Edition, format: str, size: int, sha512: str, drawn_at: datetime) -> Thing:
        addresses, replaced = self.base.addresses, self.replaced.get(edition.pk)

        def say() -> Said:
            return {
                "name": f"{_name(edition)} als {format.upper()}",
                "fileName": file_name(edition, self.base.publication.municipality.name, format),
                "mimeType": MEDIA_TYPES[format].partition(";")[0],
                "size": size,
                "sha512Checksum": sha512,
                "accessUrl": addresses.view(edition, format),
                "downloadUrl": addresses.file(edition, format),
                "fileLicense": self.base.licence,
            }

        modified = max(drawn_at, self.base.since, replaced or drawn_at)
        url = self.base.url("files", f"{edition.month:%Y-%m}-{edition.number}-{format}")
        return Thing("File", url, drawn_at, modified, say, replaced is not None, {"paper": [self.url(edition)]})


def _name(edition: Edition) -> str:
    name = f"Sachstandsbericht {wording.month(months.name(edition.month))}"
    return f"{name}, Ausgabe {edition.number}" if edition.number > 1 else name
