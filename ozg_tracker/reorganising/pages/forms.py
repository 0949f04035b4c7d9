"""What is entered to change departments; the deeds check what goes together."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.departments.as_of import Tree
from ozg_tracker.accounts.models import Reorganisation, Role
from ozg_tracker.accounts.models.departments import LONGEST_NAME, LONGEST_REASON
from ozg_tracker.api.days import DayField
from ozg_tracker.api.ids import ids_in
from ozg_tracker.reorganising.wishes import SAME, Share, Wish
from ozg_tracker.tracking.deadlines.moving import Becomes

Kind = Reorganisation.Kind
TOP = "top"
# how the preview names a training rule, that it does not go along, and that it is for the people alone who had it
RULE, STAYS, NAMED = "rule_", "stays", "named"
# and what becomes of a deadline, of the role of who led, and who leads a department that comes to be
DEADLINE, ROLE, LEAD = "deadline_", "role_", "lead_"
CHOSEN = (RULE, DEADLINE, ROLE, LEAD)
_FIELD = {"class": "ozg-in"}
KINDS = [
    ("", _("Bitte wählen")),
    (Kind.ADD.value, _("anlegen")),
    (Kind.RENAME.value, _("umbenennen")),
    (Kind.MOVE.value, _("verschieben")),
    (Kind.MERGE.value, _("zusammenlegen")),
    (Kind.SPLIT.value, _("aufteilen")),
    (Kind.END.value, _("beenden")),
]


class ReorganiseForm(forms.Form):
    """One deed on the departments chosen in the tree. Left empty means: stays as it is."""

    kind = forms.ChoiceField(label=_("Was soll geschehen?"), choices=KINDS, widget=forms.Select(_FIELD))
    name = forms.CharField(
        label=_("Neuer Name"), max_length=LONGEST_NAME, required=False, widget=forms.TextInput(_FIELD)
    )
    parent = forms.ChoiceField(
        label=_("Gehört künftig zu"),
        required=False,
        help_text=_("beim Beenden: wer alles übernimmt"),
        widget=forms.Select(_FIELD),
    )
    effective_on = DayField(label=_("Gilt ab"))
    parts = forms.CharField(
        label=_("Neue Fachbereiche beim Aufteilen"),
        required=False,
        help_text=_("einen je Zeile"),
        widget=forms.Textarea(_FIELD | {"rows": 2}),
    )
    reason = forms.CharField(
        label=_("Grund"), max_length=LONGEST_REASON, required=False, widget=forms.TextInput(_FIELD)
    )

    def __init__(self, tree: Tree, data: Any = None, **kw: Any) -> None:
        super().__init__(data, initial={"effective_on": timezone.localdate()}, **kw)
        standing = sorted((node.name, pk) for pk, node in tree.items() if node.begun and not node.ended)
        choices = [("", _("bleibt, wie es ist")), (TOP, _("nichts, steht ganz oben"))]
        parent = cast("forms.ChoiceField", self.fields["parent"])
        parent.choices = [*choices, *((str(pk), name) for name, pk in standing)]

    def wish(self, departments: tuple[int, ...], shares: Mapping[str, Share] | None = None) -> Wish:
        entered = self.cleaned_data
        given, ends = entered["parent"], entered["kind"] == Kind.END
        chosen = int(given) if given not in ("", TOP) else None
        return Wish(
            entered["kind"],
            entered["effective_on"],
            entered["reason"],
            departments,
            entered["name"],
            parent=SAME if ends or not given else chosen,
            into=chosen if ends else None,
            parts={name: (shares or {}).get(name, Share()) for name in self.named_parts()},
            staying=self._said(RULE, STAYS),
            named=self._said(RULE, NAMED),
            ending=self._said(DEADLINE, Becomes.ENDED),
            listed=self._said(DEADLINE, Becomes.LISTED),
            works=self._said(ROLE, Role.STAFF),
            leads=tuple(ids_in(said for name, said in self.data.items() if name.startswith(LEAD))),
        )

    def _said(self, of: str, word: str) -> tuple[int, ...]:
        """The ids of which the preview said `word`."""
        told = (name.removeprefix(of) for name, said in self.data.items() if name.startswith(of) and said == word)
        return tuple(ids_in(told))

    def named_parts(self) -> list[str]:
        return list(
            dict.fromkeys(" ".join(line.split()) for line in self.data.get("parts", "").splitlines() if line.split())
        )


def entered(wish: Wish, rows: Mapping[int, str]) -> list[tuple[str, str]]:
    """The fields that lead to `wish`: what the form and the shares of its parts read. `rows`: each row's topic."""
    place = wish.into if wish.kind == Kind.END else wish.parent
    found = [("kind", wish.kind), *(("department", str(pk)) for pk in wish.departments)]
    found += [("name", wish.name), ("effective_on", wish.effective_on.isoformat()), ("reason", wish.reason)]
    if place != SAME:
        found.append(("parent", str(place) if place is not None else "" if wish.kind == Kind.END else TOP))
    found += [("parts", "\n".join(wish.parts))] if wish.parts else []
    for number, share in enumerate(wish.parts.values(), 1):
        topics = {rows[row] for row in share.services if row in rows}
        names = [*(f"topic-{name}" for name in sorted(topics)), *(f"person-{pk}" for pk in share.people)]
        found += [(name, str(number)) for name in [*names, *(f"rule-{pk}" for pk in share.rules)]]
    said = [(RULE, STAYS, wish.staying), (RULE, NAMED, wish.named), (ROLE, str(Role.STAFF), wish.works)]
    said += [(DEADLINE, str(Becomes.ENDED), wish.ending), (DEADLINE, str(Becomes.LISTED), wish.listed)]
    for prefix, word, ids in said:
        found += [(f"{prefix}{pk}", word) for pk in ids]
    return found + [(f"{LEAD}{number}", str(pk)) for number, pk in enumerate(wish.leads, 1)]


class UndoForm(forms.Form):
    reason = forms.CharField(label=_("Grund der Rücknahme"), max_length=LONGEST_REASON, widget=forms.TextInput(_FIELD))


class DayForm(forms.Form):
    """Which departments, of which day."""

    q = forms.CharField(
        label=_("Suchen"),
        max_length=100,
        required=False,
        widget=forms.TextInput(_FIELD | {"type": "search", "placeholder": _("Name oder Leitung")}),
    )
    day = DayField(label=_("Stand am"), required=False)
