"""Loading catalogue files by the pages."""

from urllib.parse import unquote

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import CatalogueImport

CSV = """OZG-ID;OZG-Leistung;Themenfeld;Lage;LeiKa-Schlüssel;LeiKa-Bezeichnung;LeiKa-Typ
10041;Hundesteuer;Steuern & Zoll;Steuern;99102013104000;Hundesteuer Anmeldung;5
"""


def uploaded(client, text=CSV, name="katalog.csv", **fields):
    file = SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)
    return client.post("/katalog/hochladen/", {"file": file, "release": "2026-10", **fields})


def kept(client, *file, **fields):
    """The name under which an uploaded file is kept for the preview."""
    return unquote(uploaded(client, *file, **fields).headers["Location"].removeprefix("/katalog/vorschau/?file="))


def preview(client, name, **options):
    return client.get("/katalog/vorschau/", {"file": name, **options})


def apply(client, name, **options):
    return client.post("/katalog/uebernehmen/", {"file": name, **options})


def released(client, *lines, **fields):
    """Load a release made of `lines` by the pages; returns the import."""
    header = CSV.splitlines()[0]
    name = kept(client, "\n".join([header, *lines]), **fields)
    answer = apply(client, name, allow_shrink="on")
    return CatalogueImport.objects.get(pk=answer.headers["Location"].split("/")[-2])


def line(key, name, ozg_id="10041"):
    return f"{ozg_id};Bündel {ozg_id};Steuern & Zoll;Steuern;{key};{name};5"
