"""What a municipality that publishes its reports shows as OParl 1.1 (https://oparl.org/spezifikation/): its published
editions as papers with their files, and of the meetings to which they go what is public by nature, that is which
committee, when, where, called off or not.

No person is named: the list of people is there, as a body has to have one, and empty. What OParl lets one leave out and
nobody here keeps is left out: references, agendas, terms, the states of a meeting.

A municipality that ends publishing answers 404 at each of these addresses, as its pages do: "deleted: true" would go on
telling that it published, what and when, and nothing may stay public. `deleted` is for what is taken out while the
municipality goes on publishing: the paper of an edition that a correction replaced, with its files (at their own
addresses they can still be read, where who cites them finds them), and a meeting to which no published edition goes
any more. Of these there are identity, type and the two times alone.
"""

from ozg_tracker.accounts.models import Municipality
from reports.models import Publication
from reports.publishing.oparl.meetings import Meetings
from reports.publishing.oparl.papers import Papers
from reports.publishing.oparl.thing import SCHEMA, Base, Said, Thing, moment


class Opened:
    """All of one municipality, read as far as it is asked for: at most six queries, however much there is."""

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        self.base = Base(publication)
        self.papers = Papers(self.base)
        self.meetings = Meetings(self.base, self.papers)

    def system(self) -> Said:
        """Where one begins; a municipality has one of its own, so that nothing of it stays when it ends publishing."""
        addresses = self.base.addresses
        return {
            "id": addresses.oparl,
            "type": f"{SCHEMA}System",
            "oparlVersion": SCHEMA,
            "body": f"{addresses.oparl}bodies/",
            "name": f"Sachstandsberichte zur Verwaltungsdigitalisierung: {self.publication.municipality.name}",
            **self._for_all(),
            "website": addresses.home,
            "created": moment(self.base.first),
            "modified": moment(self.base.since),
        }

    def things(self, name: str) -> list[Thing]:
        """Those of the list `name`, one of `LISTS`, the deleted ones among them, in an order that stays."""
        match name:
            case "bodies":
                return [self._body()]
            case "organizations":
                return list(self.meetings.organizations())
            case "meetings":
                return list(self.meetings.meetings.values())
            case "locations":
                return list(self.meetings.locations.values())
            case "papers":
                going = self.meetings.consultations
                return [self.papers.paper(each, going.get(each.pk, [])) for each in self.papers.editions]
            case "consultations":
                return [each for listed in self.meetings.consultations.values() for each in listed]
            case "files":
                return [each for listed in self.papers.files.values() for each in listed]
        return []

    def thing(self, name: str, key: str) -> Thing | None:
        url = self.base.url(name, key)
        return next((each for each in self.things(name) if each.url == url), None)

    def _for_all(self) -> Said:
        said = self.publication
        return {"license": self.base.licence, "contactEmail": said.mail, "contactName": said.publisher}

    def _body(self) -> Thing:
        municipality, oparl = self.publication.municipality, self.base.addresses.oparl

        def say() -> Said:
            district = municipality.kind == Municipality.Kind.LANDKREIS
            return {
                "system": oparl,
                "name": municipality.name,
                **({} if district else {"ags": municipality.ags}),  # a district has none
                "rgs": municipality.ars,
                **self._for_all(),
                "organization": f"{oparl}organizations/",
                "person": f"{oparl}people/",
                "meeting": f"{oparl}meetings/",
                "paper": f"{oparl}papers/",
                "legislativeTerm": [],
                "agendaItem": f"{oparl}agenda-items/",
                "consultation": f"{oparl}consultations/",
                "file": f"{oparl}files/",
                "locationList": f"{oparl}locations/",
                "legislativeTermList": f"{oparl}legislative-terms/",
                "membership": f"{oparl}memberships/",
                "web": self.base.addresses.home,
            }

        return Thing("Body", self.base.url("bodies", municipality.ars), self.base.first, self.base.since, say)
