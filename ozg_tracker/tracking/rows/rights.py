"""Who may change which field of a tracked row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from ozg_tracker.accounts.access import membership, tree_ids
from ozg_tracker.accounts.models import Deed, Membership, Municipality, Reach, User, reach_of, who_may
from ozg_tracker.tracking.models import MunicipalService

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

STATUS_FIELDS = frozenset({"state", "level", "planned_on", "online_url", "cases_per_year", "note"})
ALL_FIELDS = STATUS_FIELDS | {"responsibility", "department", "owner"}


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may change in one municipality. `tree`: the departments a manager leads."""

    user_id: int | None
    role: str | None
    tree: frozenset[int]

    @property
    def every_row(self) -> bool:
        return reach_of(self.role, Deed.CHANGE_ROWS) == Reach.ALL

    def fields(self, row: MunicipalService) -> frozenset[str]:
        """Names of the fields of `row` the person may change; empty: none.

        Coordination: all. A manager: all of a row in the own department tree. Managers and staff: the status of rows
        they own.
        """
        reach = reach_of(self.role, Deed.CHANGE_ROWS)
        if reach == Reach.ALL or (reach == Reach.TREE and row.department_id in self.tree):
            return ALL_FIELDS
        if reach is not None and row.owner_id is not None and row.owner_id == self.user_id:
            return STATUS_FIELDS
        return frozenset()

    def refuse_unless_allowed(self, row: MunicipalService, changes: Mapping[str, object]) -> None:
        """Raise PermissionDenied with a German sentence if the person may not make all of `changes` in `row`.

        A manager moves a row inside the own tree only: out of it, the row would be out of the manager's sight.
        """
        if refused := changes.keys() - self.fields(row):
            names = ", ".join(sorted(_label(name) for name in refused))
            raise PermissionDenied(
                _("Bei „%(row)s“ dürfen Sie dies nicht ändern: %(fields)s.") % {"row": row, "fields": names}
            )
        within = reach_of(self.role, Deed.CHANGE_ROWS) == Reach.TREE
        if within and "department" in changes and _id(changes["department"]) not in self.tree:
            raise PermissionDenied(
                _("„%(row)s“ können Sie nur einem Fachbereich geben, den Sie leiten. Die Koordination hilft weiter.")
                % {"row": row}
            )


def rights_in(municipality: Municipality, user: "User | AnonymousUser") -> Rights:
    """The rights of `user` in `municipality`, read once for any number of rows."""
    held = membership(user, municipality)
    role = held.role if held else None
    leads = reach_of(role, Deed.CHANGE_ROWS) == Reach.TREE
    tree: Iterable[int] = tree_ids(held.department) if leads and held and held.department else ()
    return Rights(user.pk, role, frozenset(tree))


def may_be_responsible(municipality: Municipality) -> "QuerySet[User]":
    """Who can be made responsible for a row: who may read the municipality's rows and has not left."""
    readers = who_may(Deed.READ_ROWS)
    return User.objects.filter(is_active=True, memberships__municipality=municipality, memberships__role__in=readers)


def keeps_catalogue(held: Membership | None) -> bool:
    """Whether the person may change what all municipalities share, releases and scope profiles: the operator, and the
    coordinator where the installation serves one municipality.
    """
    reach = reach_of(held.role if held else None, Deed.LOAD_CATALOGUE)
    return reach == Reach.ALL or (reach == Reach.ALONE and Municipality.objects.count() == 1)


def refuse_unless_keeps_catalogue(*held: Membership | None) -> None:
    """PermissionDenied unless one of the memberships `held` may."""
    if not any(keeps_catalogue(each) for each in held):
        raise PermissionDenied(_("Mehrere Kommunen teilen diesen Katalog. Der Betrieb lädt neue Stände."))


def _label(name: str) -> str:
    known = {field.name: str(field.verbose_name) for field in MunicipalService._meta.fields}
    return known.get(name, name)


def _id(value: object) -> object:
    return getattr(value, "pk", value)
