"""Loading the catalogue against bare reading and writing, and against django-import-export, in the same run.

Floor of a first load: read the workbook and write its rows by executemany or COPY. Floor of a reload: read, a digest of
every row, one SELECT to compare with. Both sides have an open connection. The workbook is made from the shipped file.
"""

from hashlib import blake2b

import pytest
from django.db import connection, transaction
from import_export import fields, resources, widgets
from import_export.instance_loaders import CachedInstanceLoader
from openpyxl import Workbook
from python_calamine import load_workbook
from tablib import Dataset

from catalog.importing import check
from catalog.importing.apply import apply_plan
from catalog.importing.database import lock, many_rows
from catalog.importing.formats import opening, shipped
from catalog.importing.import_catalogue import import_catalogue
from catalog.importing.plan import make_plan
from catalog.importing.types import Types
from catalog.models import Bundle, CatalogueImport, CatalogueRelease, Service, ServiceBundle, ServiceType
from tests import make
from tests.benchmarks import clock
from tests.catalog.files import HEADER
from tests.emptying import keepers_off_and_on

ORDER = ("topic", "situation", "bundle", "ozg_id", "name", "key", "types", "legal_basis", "law")


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory):
    """The catalogue of 2019 as a workbook; the same with other columns first; the same with its rows upside down."""
    with opening.opened(shipped.CATALOGUE) as file:
        (table,) = opening.read(file).tables
        rows = [[getattr(record, field) for field in ORDER] for record in table.records]
    for row in rows:
        row[5] = "nicht im LeiKa" if row[5] == "-" else row[5]
    folder = tmp_path_factory.mktemp("catalogue")
    return [
        _workbook([HEADER, *rows], folder / "a.xlsx"),
        _workbook([row[::-1] for row in (HEADER, *rows)], folder / "b.xlsx"),
        _workbook([HEADER, *rows[::-1]], folder / "c.xlsx"),
    ]


def _workbook(rows, path):
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Katalog")
    for row in rows:
        sheet.append([cell or None for cell in row])
    book.save(path)
    return path


@pytest.fixture
def empty(transactional_db):
    """Empties the catalogue, outside what is measured."""

    def wipe():
        off, on = keepers_off_and_on()
        for model in (ServiceBundle, Service, Bundle, CatalogueImport, CatalogueRelease):
            with connection.cursor() as cursor:
                if many_rows.is_postgres():
                    cursor.execute(
                        "; ".join([*off, f"TRUNCATE {many_rows.table(model)} RESTART IDENTITY CASCADE", *on])
                    )
                else:
                    cursor.execute("PRAGMA foreign_keys = OFF")
                    for each in ("catalog_importproblem", "catalog_serviceversion", "catalog_bundleversion"):
                        cursor.execute(f"DELETE FROM {each}")
                    cursor.execute(f"DELETE FROM {many_rows.table(model)}")
                    cursor.execute("PRAGMA foreign_keys = ON")

    return wipe


def _rows(path):
    return load_workbook(path).get_sheet_by_index(0).to_python()[1:]


def bare_load(path):
    """Read and write, and nothing else: no check, no plan, no history."""
    rows = _rows(path)
    with transaction.atomic():
        made = make.catalogue_import()
        place = make.bundle().situation_id
        bundles = {row[3]: number for number, row in enumerate(rows, start=10)}
        many_rows.insert(
            Bundle,
            ("id", "ozg_id", "name", "situation_id", "since_id", "digest"),
            [(pk, ozg_id, "Bündel", place, made.pk, "") for ozg_id, pk in bundles.items() if ozg_id != "10041"],
        )
        many_rows.insert(
            Service,
            (
                "id",
                "key",
                "identity",
                "name",
                "types",
                "legal_basis",
                "law",
                "name2",
                "synonyms",
                "sdg",
                "countable",
                "since_id",
                "digest",
            ),
            [
                (
                    n,
                    row[5] if row[5].isdecimal() else None,
                    row[5] if row[5].isdecimal() else f"{n}",
                    row[4],
                    row[6],
                    row[7],
                    row[8],
                    "",
                    "",
                    "",
                    True,
                    made.pk,
                    "",
                )
                for n, row in enumerate(rows, start=1)
            ],
        )
        own = Bundle.objects.get(ozg_id="10041").pk
        many_rows.insert(
            ServiceBundle,
            ("service_id", "bundle_id", "since_id"),
            [(n, own if row[3] == "10041" else bundles[row[3]], made.pk) for n, row in enumerate(rows, start=1)],
        )


def bare_reload(path):
    """Read, a digest for every row, and one SELECT of identity and digest to compare with."""
    digests = {
        row[5] if row[5].isdecimal() else f"{row[3]}:{row[4]}": blake2b(
            "\x1f".join(row).encode(), digest_size=16
        ).hexdigest()
        for row in _rows(path)
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity, digest FROM catalog_service")
        stored = dict(cursor.fetchall())
    return sum(stored.get(identity) != digest for identity, digest in digests.items())


def without_lists(path):
    """Our reading, planning and writing alone: no list of problems kept, no release recorded anew."""
    with opening.opened(path) as file:
        types = Types(ServiceType.objects.values_list("code", "countable"))
        found = check.check(opening.read(file).tables, types)
        with transaction.atomic():
            lock.hold()
            plan = make_plan(found, types, partial=False, allow_shrink=False)
            apply_plan(plan, make.catalogue_import(), make.START)


class _Bundles(resources.ModelResource):
    class Meta:
        model = Bundle
        fields = ("ozg_id", "name", "situation", "since", "digest")
        import_id_fields = ("ozg_id",)
        use_bulk, batch_size, skip_unchanged, report_skipped = True, 1000, True, False
        instance_loader_class, force_init_instance = CachedInstanceLoader, False


class _Services(resources.ModelResource):
    key = fields.Field(attribute="key", column_name="key", widget=widgets.CharWidget(allow_blank=False))  # none is NULL

    class Meta:
        model = Service
        fields = ("identity", "key", "name", "types", "legal_basis", "law", "countable", "since", "digest")
        import_id_fields = ("identity",)
        use_bulk, batch_size, skip_unchanged, report_skipped = True, 1000, True, False
        instance_loader_class, force_init_instance = CachedInstanceLoader, False


class _Links(resources.ModelResource):
    service = fields.Field("service", "service", widget=widgets.ForeignKeyWidget(Service, "identity"))
    bundle = fields.Field("bundle", "bundle", widget=widgets.ForeignKeyWidget(Bundle, "ozg_id"))

    class Meta:
        model = ServiceBundle
        fields = ("service", "bundle", "since")
        import_id_fields = ("service", "bundle")
        use_bulk, batch_size, skip_unchanged, report_skipped = True, 1000, True, False


def import_export(path, made):
    """The same bundles, services and links by django-import-export, tuned: in bulk, known ones looked up at once."""
    rows = _rows(path)
    situation = make.bundle().situation_id
    bundles = {row[3]: [row[3], row[2], situation, made.pk, "-"] for row in rows}
    services, links = {}, {}
    for row in rows:
        key = row[5] if row[5].isdecimal() else None
        identity = key or f"{row[3]}:{row[4]}"
        services[identity] = [identity, key, row[4], row[6], row[7], row[8], True, made.pk, "-"]
        links[identity, row[3]] = [identity, row[3], made.pk]
    for resource, found in ((_Bundles, bundles), (_Services, services), (_Links, links)):
        data = Dataset(*found.values(), headers=resource._meta.fields)
        result = resource().import_data(data, raise_errors=True, use_transactions=True)
        assert not result.has_errors()


def test_first_load(workbooks, empty):
    def start():
        empty()
        make.maturity_model()

    path = workbooks[0]
    deeds = (lambda: bare_load(path), lambda: without_lists(path), lambda: import_catalogue(path))
    floor, plain, whole = clock.race(7, *deeds, before=start)
    clock.ratio("first load: read, plan, write", plain, floor, at_most=2)
    clock.ratio("first load: with every check and list", whole, floor, at_most=4)
    start()
    peer = clock.best_of(1, lambda: import_export(path, make.catalogue_import()))
    print(f"first load: django-import-export {peer / whole:.0f} × ours")  # noqa: T201 (a benchmark prints its figure)
    assert peer >= 20 * whole
    assert Service.objects.count() == 5222


def test_unchanged_reload(workbooks, empty):
    empty()
    first, columns, rows = workbooks
    import_catalogue(first)

    def reload(path, **options):
        outcome = import_catalogue(path, release="noch einmal", **options)
        assert (outcome.services.unchanged, outcome.bundles.unchanged) == (5222, 557)

    def same():
        assert import_catalogue(first).import_id is None

    floor, again, mixed, repeated = clock.race(
        11,
        lambda: bare_reload(first),
        lambda: reload(columns, dry_run=True),
        lambda: reload(rows, dry_run=True),
        same,
    )
    clock.ratio("unchanged reload, other columns first", again, floor, at_most=1.5)
    clock.ratio("unchanged reload, rows upside down", mixed, floor, at_most=3)
    clock.ratio("the same file", repeated, floor, at_most=0.1)
    reload(columns)
    made = CatalogueImport.objects.latest("pk")
    Service.objects.update(digest="-", countable=True, since=made)
    peer = clock.best_of(1, lambda: import_export(first, made))
    print(f"unchanged reload: django-import-export {peer / again:.0f} × ours")  # noqa: T201 (a benchmark prints its figure)
    assert peer >= 20 * again
