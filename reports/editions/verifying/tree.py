"""Whether each department equals the state as of today that its events tell."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.departments.as_of import Node, tree_as_of
from ozg_tracker.accounts.models import Department


def verify_tree(municipality_id: int) -> Iterator[tuple[int, str]]:
    """The id of each department that differs, with a German sentence; two queries."""
    told = tree_as_of(municipality_id, timezone.localdate())
    shown = Department.objects.filter(municipality=municipality_id).order_by("pk")
    for pk, name, parent, ended in shown.values_list("pk", "name", "parent_id", "ended"):
        if pk not in told:
            yield pk, _("Der Fachbereich „%s“ hat keinen Eintrag, aus dem er folgt.") % name
        elif told[pk]._replace(begun=True) != Node(name, parent, ended):
            yield pk, _("Der Fachbereich „%s“ ist nicht der seines letzten Eintrags.") % name
