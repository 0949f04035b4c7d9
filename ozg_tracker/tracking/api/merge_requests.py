"""What the API reads to bring lines, to decide them and to take them over, and how it tells a merge."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from catalog.models import LONGEST_TEXT
from ozg_tracker.api.paging import Row
from ozg_tracker.api.serializers import ListProblemSerializer, RequestBody
from ozg_tracker.tracking.exchange.changed import ChangedLine
from ozg_tracker.tracking.exchange.finding import SERVICE
from ozg_tracker.tracking.exchange.merge_lines import NAMING, StatusImport, Wrong
from ozg_tracker.tracking.exchange.merges import PICKS, Decisions
from ozg_tracker.tracking.exchange.words import COLUMNS
from ozg_tracker.tracking.models import Merge
from ozg_tracker.tracking.uploads import refuse_large

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from catalog.models import Service

MOST = 5_000  # lines, or decisions, in one body
ROW_ID = "id"  # in a line of a program: the row it means, instead of its key
_KEYS = (*COLUMNS, ROW_ID)
DECIDED = sorted((*COLUMNS, SERVICE))  # the columns of cells that a person decides or mends


class MergeSerializer(serializers.ModelSerializer[Merge]):
    by = serializers.CharField(source="by.username", help_text=_("Benutzername"))

    class Meta:
        model = Merge
        fields = ("id", "municipality", "by", "origin", "name", "created_at", "rows")


class SideSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text=_("womit „decide“ die Zeile nennt"))
    sheet = serializers.CharField(allow_null=True)
    row = serializers.IntegerField(help_text=_("Zeile der Datei"))
    service = serializers.IntegerField(help_text=_("„id“ der Leistung der Kommune"))
    name = serializers.CharField()
    column = serializers.CharField()
    base = serializers.CharField(help_text=_("was die Datei vorfand"))
    mine = serializers.CharField(help_text=_("was eingetragen ist"))
    stored = serializers.CharField(help_text=_("was inzwischen gespeichert ist"))
    pick = serializers.CharField(help_text=_("mine, stored; leer: noch nicht entschieden"))
    by = serializers.CharField(allow_null=True, help_text=_("wer es gespeichert hat; Benutzername"))
    at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class AlikeSerializer(serializers.Serializer[Any]):
    service = serializers.IntegerField(help_text=_("für „text“ der Spalte „service“"))
    key = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    percent = serializers.IntegerField()


class WrongSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    sheet = serializers.CharField(allow_null=True)
    row = serializers.IntegerField()
    column = serializers.CharField()
    text = serializers.CharField(help_text=_("was in der Zelle steht"))
    code = serializers.CharField()
    message = serializers.CharField()
    words = serializers.ListField(child=serializers.CharField(), help_text=_("woraus man wählen kann"))
    alike = AlikeSerializer(many=True, help_text=_("Leistungen mit ähnlichem Namen"))


class ChangedCellSerializer(serializers.Serializer[Any]):
    column = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class ChangedLineSerializer(serializers.Serializer[Any]):
    sheet = serializers.CharField(allow_null=True)
    row = serializers.IntegerField()
    service = serializers.CharField()
    effective_on = serializers.DateField()
    cells = ChangedCellSerializer(many=True)


class MergeStandingSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    rows = serializers.IntegerField(help_text=_("Zeilen, die warten; 0: der Abgleich ist zu Ende"))
    good = serializers.IntegerField(help_text=_("Zeilen, die „take“ jetzt übernähme"))
    unchanged = serializers.IntegerField(help_text=_("Zeilen, die nichts ändern"))
    confirmed = serializers.IntegerField(help_text=_("Zeilen, die sagen, dass die Leistung noch stimmt"))
    waiting = serializers.ListField(child=serializers.IntegerField(), help_text=_("„line“ der Zeilen, die warten"))
    sides = SideSerializer(many=True, help_text=_("Zellen, die inzwischen auch andere geändert haben"))
    wrong = WrongSerializer(many=True, help_text=_("Zellen, die sich so nicht übernehmen lassen"))
    warnings = ListProblemSerializer(many=True)
    changed = ChangedLineSerializer(many=True, help_text=_("eine Seite davon, siehe „page“"))


class TakenSerializer(serializers.Serializer[Any]):
    applied = serializers.IntegerField(help_text=_("übernommene Zeilen"))
    confirmed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rows = serializers.IntegerField(help_text=_("Zeilen, die weiter warten; 0: der Abgleich ist zu Ende"))
    recorded_at = serializers.DateTimeField(
        allow_null=True, help_text=_("aller Änderungen; damit nimmt municipal-services/take-back/ alle zurück")
    )


class MergeFileRequest(RequestBody):
    file = serializers.FileField(help_text=_("XLSX, ODS oder CSV"))
    municipality = serializers.IntegerField()

    def validate_file(self, file: "UploadedFile[Any]") -> "UploadedFile[Any]":
        return refuse_large(file)


class MergeRequest(RequestBody):
    municipality = serializers.IntegerField()
    name = serializers.CharField(max_length=255)
    lines: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=LONGEST_TEXT)),
        allow_empty=False,
        max_length=MOST,
        help_text=_("je Zeile die Spalten einer Datei (key, state …); „id“ nennt die Leistung der Kommune"),
    )

    def validate_lines(self, sent: list[dict[str, str]]) -> list[dict[str, str]]:
        wrong = {}
        for place, line in enumerate(sent):
            if unknown := [name for name in line if name not in _KEYS]:
                sentence = _t("Dieses Feld gibt es hier nicht. Möglich sind: %s.") % ", ".join(_KEYS)
                wrong[str(place)] = {name: [ErrorDetail(sentence, "unknown_field")] for name in unknown}
        if wrong:
            raise ValidationError(wrong)
        return sent


class PickRequest(RequestBody):
    line = serializers.IntegerField()
    column = serializers.ChoiceField(DECIDED)
    pick = serializers.ChoiceField(PICKS)
    stored = serializers.CharField(allow_blank=True, help_text=_("was dabei als gespeichert gezeigt war"))


class MendRequest(RequestBody):
    line = serializers.IntegerField()
    column = serializers.ChoiceField(DECIDED)
    text = serializers.CharField(max_length=LONGEST_TEXT)
    everywhere = serializers.CharField(
        required=False, default="", help_text=_("Spalte: auch in allen Zeilen, die dort dasselbe sagen")
    )


class DecideRequest(RequestBody):
    picks = PickRequest(many=True, required=False, max_length=MOST)  # type: ignore[call-arg]  # of a list
    mended = MendRequest(many=True, required=False, max_length=MOST)  # type: ignore[call-arg]  # of a list
    dropped = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=MOST)
    all_open = serializers.ChoiceField(PICKS, required=False, help_text=_("gilt für alles, was noch offen ist"))

    def decisions(self) -> Decisions:
        sent = self.validated_data
        return Decisions(
            picks={(each["line"], each["column"]): (each["pick"], each["stored"]) for each in sent.get("picks", ())},
            mended={(each["line"], each["column"]): each["text"].strip() for each in sent.get("mended", ())},
            everywhere={each["line"]: each["everywhere"] for each in sent.get("mended", ()) if each["everywhere"]},
            dropped=set(sent.get("dropped", ())),
        )


class TakeRequest(RequestBody):
    reason = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_TEXT, help_text=_("für Zeilen ohne eigene")
    )


def told(
    found: Merge,
    seen: StatusImport,
    changed: Iterable[ChangedLine],
    words: Mapping[str, Sequence[object]],
    alike: "Mapping[int, list[tuple[Service, int]]]",
) -> Row:
    """The merge as it stands, for a program."""
    return {
        "id": found.pk,
        "rows": seen.rows,
        "good": seen.applied,
        "unchanged": seen.unchanged,
        "confirmed": seen.confirmed,
        "waiting": [line.at for line in seen.waiting],
        "sides": [_side(seen, at) for at in range(len(seen.sides))],
        "wrong": [_wrong(each, words, alike) for each in seen.wrong],
        "warnings": [each.as_json() for each in seen.problems if each.severity != "error"],
        "changed": [each._asdict() | {"cells": [cell._asdict() for cell in each.cells]} for each in changed],
    }


def _side(seen: StatusImport, at: int) -> Row:
    side = seen.sides[at]
    event = seen.last.get(side.row_id)
    return {
        "line": side.line.at,
        "sheet": side.line.sheet,
        "row": side.line.row,
        "service": side.row_id,
        "name": side.service,
        **{name: getattr(side, name) for name in ("column", "base", "mine", "stored", "pick")},
        "by": event.by.username if event and event.by else None,
        "at": event.recorded_at if event else None,
        "reason": event.reason if event else "",
    }


def _wrong(each: Wrong, words: Mapping[str, Sequence[object]], alike: "Mapping[int, list[tuple[Service, int]]]") -> Row:
    naming = each.column in NAMING
    return {
        "line": each.line.at,
        "sheet": each.line.sheet,
        "row": each.line.row,
        "column": each.column,
        "text": each.line.cells.get(each.column, ""),
        "code": each.problem.code,
        "message": each.problem.message,
        "words": [] if naming else [str(word) for word in words.get(each.column, ())],
        "alike": [
            {"service": found.pk, "key": found.key, "name": found.name, "percent": percent}
            for found, percent in (alike.get(each.line.at, ()) if naming else ())
        ],
    }
