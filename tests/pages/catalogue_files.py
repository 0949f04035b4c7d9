"""Loading catalogue files by the pages."""

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.import_models import CatalogueImport

CSV = """OZG-ID;OZG-Leistung;Themenfeld;Lage;LeiKa-Schlüssel;LeiKa-Bezeichnung;LeiKa-Typ
10041;Hundesteuer;Steuern & Zoll;Steuern;99102013104000;Hundesteuer Anmeldung;5
"""


def uploaded(client, text=CSV, name="katalog.csv", **fields):
    file = SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)
    return client.post("/katalog/hochladen/", {"file": file, "release": "2026-10", **fields})


def kept(client, *file, **fields):
    """The name under which an uploaded file is kept for the preview."""
    return uploaded(client, *file, **fields).headers["Location"].removeprefix("/katalog/vorschau/?datei=")


def preview(client, name, **options):
    return client.get("/katalog/vorschau/", {"datei": name, **options})


def apply(client, name, **options):
    return client.post("/katalog/uebernehmen/", {"datei": name, **options})


def released(client, *lines, **fields):
    """Load a release made of `lines` by the pages; returns the import."""
    header = CSV.splitlines()[0]
    name = kept(client, "\n".join([header, *lines]), **fields)
    answer = apply(client, name, allow_shrink="on")
    return CatalogueImport.objects.get(pk=answer.headers["Location"].split("/")[-2])


def line(key, name, ozg_id="10041"):
    return f"{ozg_id};Bündel {ozg_id};Steuern & Zoll;Steuern;{key};{name};5"
