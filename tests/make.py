"""Small makers of test data. Each makes one thing, and what it needs, with defaults a reader can guess."""

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from catalog.models import (
    Bundle,
    CatalogueImport,
    CatalogueRelease,
    MaturityLevel,
    MaturityModel,
    Service,
    ServiceBundle,
    Situation,
    Topic,
)
from ozg_tracker.accounts import memberships
from ozg_tracker.accounts.departments.as_of import Node
from ozg_tracker.accounts.departments.changing import new_departments, record
from ozg_tracker.accounts.memberships import NOTHING
from ozg_tracker.accounts.models import (
    Department,
    Deputyship,
    MaturityModelEvent,
    Membership,
    MembershipEvent,
    Municipality,
    Role,
    ServiceAccount,
    User,
)
from ozg_tracker.accounts.service_accounts.keeping import add_key
from ozg_tracker.accounts.signing_in.tokens import token_of
from ozg_tracker.tracking.exchange.merges import keep_merge
from ozg_tracker.tracking.exchange.own_lists import keep_list, map_columns
from ozg_tracker.tracking.exchange.status_file import read_content
from ozg_tracker.tracking.models import (
    CountedRow,
    CountingWeek,
    Evidence,
    MunicipalService,
    OwnBundle,
    OwnService,
    Responsibility,
    Round,
    RoundRow,
    Source,
    StatusChange,
)
from ozg_tracker.tracking.tables import table_in
from ozg_tracker.webhooks.models import Delivery, Webhook
from ozg_tracker.webhooks.signing import fingerprint_of

ARS = "159990010010"
START = date(2017, 8, 18)


def maturity_model(version="1.1", levels=5, conform_level=3):
    model, created = MaturityModel.objects.get_or_create(
        version=version, defaults={"name": f"Modell {version}", "conform_level": conform_level, "online_level": 2}
    )
    if created:
        MaturityLevel.objects.bulk_create(
            MaturityLevel(model=model, number=number, name=f"Stufe {number}") for number in range(levels)
        )
    return model


def model_change(version="2.0", effective_on=date(2025, 7, 1), municipality=None):
    """An entry that this model holds from the day on; the municipality keeps the model it shows."""
    return MaturityModelEvent.objects.create(
        municipality=_or_ours(municipality),
        model=maturity_model(version, levels=8),
        effective_on=effective_on,
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
        reason="Beschluss",
    )


def level(number, version="1.1"):
    return maturity_model(version).levels.get(number=number)


def webhook(name="DMS", municipality=None, **facts):
    """One whose address leads nowhere."""
    now, salt = datetime(2026, 1, 1, tzinfo=UTC), "0" * 32
    said = {"url": "https://dms.invalid/", "parts": "status", "salt": salt, "fingerprint": fingerprint_of(salt)}
    said |= {"next_at": now, "created_at": now, "told": "0-0-"} | facts
    return Webhook.objects.create(municipality=_or_ours(municipality), name=name, **said)


def delivery(of, message="msg", **facts):
    """One that was accepted."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    said = {"kind": "changes", "state": "delivered", "body": "{}", "position": 0, "event": 0, "created_at": at} | facts
    return Delivery.objects.create(webhook=of, message=message, **said)


def catalogue_import(label="2026-01", applied_at=datetime(2017, 1, 1, tzinfo=UTC)):
    release, _ = CatalogueRelease.objects.get_or_create(label=label)
    found = release.imports.first()
    return found or CatalogueImport.objects.create(
        release=release, file_name="katalog.xlsx", sha256="0" * 64, applied_at=applied_at, rows=0
    )


def bundle(ozg_id="10041", topic="Bauen & Wohnen", situation="Bauen & Immobilien", name=None):
    field, _ = Topic.objects.get_or_create(name=topic)
    place, _ = Situation.objects.get_or_create(topic=field, name=situation)
    return Bundle.objects.get_or_create(
        ozg_id=ozg_id,
        defaults={"name": name or f"Bündel {ozg_id}", "situation": place, "since": catalogue_import(), "digest": ""},
    )[0]


def service(key="99102013104000", name="Hundesteuer Anmeldung", types="5", bundles=None, countable=True, **facts):
    first = catalogue_import()
    made = Service.objects.create(
        key=key, identity=key or f"10041:{name}", name=name, types=types, countable=countable, since=first, **facts
    )
    for each in bundles if bundles is not None else [bundle()]:
        ServiceBundle.objects.create(service=made, bundle=each, since=first)
    return made


def municipality(name="Musterstadt", ars=ARS, kind="kreisangehoerig"):
    return Municipality.objects.get_or_create(
        ars=ars, defaults={"name": name, "kind": kind, "maturity_model": maturity_model()}
    )[0]


def _or_ours(given):
    return given or municipality()


def own_service(name="Bürgerbus", in_bundle=None, municipality=None):
    """A service of a municipality's own, in a bundle of its own unless one is given; without a row."""
    municipality, first = _or_ours(municipality), catalogue_import()
    if in_bundle is None:
        in_bundle = Bundle.objects.create(
            ozg_id=None, name="Mobilität", situation=bundle().situation, since=first, digest=""
        )
        OwnBundle.objects.create(municipality=municipality, bundle=in_bundle)
    made = Service.objects.create(
        official=False, identity=f"own:{municipality.pk}:{name}", name=name, countable=True, since=first, digest=""
    )
    ServiceBundle.objects.create(service=made, bundle=in_bundle, since=first)
    OwnService.objects.create(municipality=municipality, service=made)
    return made


def department(name="Bürgerdienste", parent=None, municipality=None):
    """There since ever, and known since ever."""
    municipality = _or_ours(municipality)
    made = new_departments(municipality, [name])[0]
    node = Node(name, parent.pk if parent else None)
    begun = {"effective_on": START, "recorded_at": datetime(2017, 8, 18, tzinfo=UTC)}
    record(municipality, "add", {made: node}, by=None, reason="", told=False, **begun)
    return Department.objects.get(pk=made)


def user(username="koordination", role=Role.COORDINATOR, municipality=None, department=None, **fields):
    made, _ = User.objects.get_or_create(username=username, defaults={"email": f"{username}@example.invalid", **fields})
    if role:
        place = {"user": made, "role": role, "municipality": _or_ours(municipality), "department": department}
        Membership.objects.create(**place)
        MembershipEvent.objects.create(**place, effective_on=START, recorded_at=datetime(2017, 8, 18, tzinfo=UTC))
    return made


def service_account(name="Fachverfahren", role=Role.COORDINATOR, responsible=None, municipality=None, **facts):
    """One without a key, that no entry of the journal tells of; the coordinator answers for it unless another does."""
    place, department = _or_ours(municipality), facts.pop("department", None)
    if responsible is None and "responsible_department" not in facts:
        responsible = User.objects.filter(memberships__municipality=place).first() or user(municipality=place)
    named = {"username": f"dienstkonto:{name.lower()}", "first_name": "Dienstkonto", "last_name": name}
    made = User.everyone.create(**named, password="!", is_service=True)
    Membership.objects.create(user=made, municipality=place, role=role, department=department)
    said = {"made_at": datetime(2026, 1, 1, tzinfo=UTC)} | facts
    return ServiceAccount.objects.create(user=made, municipality=place, name=name, responsible=responsible, **said)


def service_key(account, *scopes):
    """A key of a service account in plain text; without scopes it reads."""
    until = timezone.localdate() + timedelta(days=30)
    return add_key(account, name="Probe", scopes=scopes or ["read"], expires_on=until, by=None)


def deputyship(absent, deputy, starts_on=None, until=None, **facts):
    """One of today unless other days are given, that no entry of the journal tells of."""
    today = timezone.localdate()
    said = {"reason": "Urlaub", "by": absent, "recorded_at": timezone.now()} | facts
    days = {"starts_on": starts_on or today, "until": until or starts_on or today}
    return Deputyship.objects.create(municipality=municipality(), absent=absent, deputy=deputy, **days, **said)


def person_behind(key):
    """Who comes in by this key; None where it opens nothing."""
    token = token_of(key)
    return token and token.user


def leave(person):
    """The person has left every municipality as of today."""
    for each in person.memberships.select_related("municipality"):
        changes = {person.pk: NOTHING}
        memberships.record(each.municipality, changes, effective_on=timezone.localdate(), by=None, reason="")


def row(service_=None, municipality=None, effective_on=START, recorded_at=datetime(2020, 1, 1, tzinfo=UTC), **state):
    """A tracked row with its first event; a level may be given as a number of model 1.1."""
    state.setdefault("responsibility", Responsibility.MUNICIPALITY)
    if isinstance(state.get("level"), int):
        state["level"] = level(state["level"])
    made = MunicipalService.objects.create(municipality=_or_ours(municipality), service=service_ or service(), **state)
    event(made, effective_on=effective_on, recorded_at=recorded_at, version=1)
    return made


def evidence(row, online, found_on=date(2026, 11, 20), url="https://service.example.invalid/a"):
    """What the public directory shows of `row`."""
    kind, now = Evidence.Kind.DIRECTORY, datetime(2026, 11, 24, tzinfo=UTC)
    return Evidence.objects.create(
        row=row, kind=kind, found_on=found_on, url=url, online=online, origin="pvog.csv", recorded_at=now
    )


def merge(by=None, municipality=None, text="Schlüssel;Stand\n99999999999999;geplant\n"):
    """Lines that somebody brought and that wait; by default one that nobody knows the service of."""
    found = read_content(text.encode(), "stand.csv")
    return keep_merge(_or_ours(municipality), found, by=by or user("bringt"), origin="file")


def asked_round(by, until=date(2199, 12, 31), name="Herbst", **when):
    """A round that asks about every row there is, the department that it has; without letters."""
    made = Round.objects.create(
        municipality=municipality(), name=name, until=until, by=by, recorded_at=when.get("recorded_at", timezone.now())
    )
    for each in MunicipalService.objects.filter(municipality=made.municipality).order_by("pk"):
        RoundRow.objects.create(round=made, row=each, department=each.department)
    return made


def counting_week(by, rows, first_day=START, days=5, weeks_open=50):
    """A counting week of the department of the first of `rows`, as it is kept."""
    made = CountingWeek.objects.create(
        municipality=rows[0].municipality,
        department=rows[0].department or department(),
        first_day=first_day,
        days=days,
        weeks_open=weeks_open,
        by=by,
        recorded_at=timezone.now(),
    )
    for each in rows:
        CountedRow.objects.create(week=made, row=each)
    return made


def own_list(by, text="Leistung;Link\nReisepass;https://stadt.example/pass\nBürgerbus;\n", mapped=True):
    """A municipality's own list with a row that the catalogue may know and one that it does not."""
    _sheet, rows = table_in(text if isinstance(text, bytes) else text.encode(), "liste.csv")
    made = keep_list(municipality(), "liste.csv", rows, by=by)
    if mapped:
        said = {int(place): meaning for place, meaning in made.columns.items()}
        map_columns(made, said, situation=bundle().situation, bundle_name="Eigene Leistungen")
    return made


def own_row(name="Bürgerbus", in_bundle=None, municipality=None, **state):
    """A tracked row of a service of the municipality's own."""
    return row(own_service(name, in_bundle, municipality), municipality, **state)


def event(
    row,
    effective_on=START,
    recorded_at=datetime(2020, 1, 1, tzinfo=UTC),
    version=None,
    reason="",
    source=Source.SETUP,
    **state,
):
    """One more event of `row`, holding the row's state with `state` laid over it. Leaves the row as it is."""
    if isinstance(state.get("level"), int):
        state["level"] = level(state["level"])
    fields = ("responsibility", "department", "owner", "state", "level", "planned_on", "online_url", "cases_per_year")
    whole = {field: getattr(row, field) for field in (*fields, "note")} | state
    return StatusChange.objects.create(
        municipality=row.municipality,
        row=row,
        version=version or row.events.count() + 1,
        effective_on=effective_on,
        recorded_at=recorded_at,
        reason=reason,
        source=source,
        **whole,
    )
