"""Who may change which field of a tracked row."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from ozg_tracker.accounts.access import held_and_stood_in_for, trees
from ozg_tracker.accounts.models import Deed, Membership, Municipality, Reach, User, reach_of, who_may
from ozg_tracker.tracking.models import MunicipalService

if TYPE_CHECKING:
    from django.db.models import QuerySet

STATUS_FIELDS = frozenset({"state", "level", "planned_on", "online_url", "cases_per_year", "note"})
ALL_FIELDS = STATUS_FIELDS | {"responsibility", "department", "owner"}


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may change in one municipality. `tree`: the departments a manager leads.

    `behind`: the rights of the people for whom the person stands in today; theirs hold for changing and confirming rows
    alone, never for what else a role may. `used`: by the id of a row, in whose place a change of it was allowed.
    """

    user_id: int | None
    role: str | None
    tree: frozenset[int]
    behind: "tuple[Rights, ...]" = ()
    used: dict[int, int] = field(default_factory=dict, compare=False)

    @property
    def every_row(self) -> bool:
        return reach_of(self.role, Deed.CHANGE_ROWS) == Reach.ALL

    def fields(self, row: MunicipalService) -> frozenset[str]:
        """Names of the fields of `row` the person may change, in somebody's place too; empty: none."""
        return self.own_fields(row).union(*(each.own_fields(row) for each in self.behind))

    def in_place_of(self, row: MunicipalService) -> int | None:
        """Who the person stands in for when reporting the status of `row`; None: it is the person's own to report."""
        if self.own_fields(row):
            return None
        return next((each.user_id for each in self.behind if each.own_fields(row)), None)

    def own_fields(self, row: MunicipalService) -> frozenset[str]:
        """Names of the fields of `row` the person may change without standing in for anybody; empty: none.

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

        A manager moves a row inside the own tree only: out of it, the row would be out of the manager's sight. All of
        the changes are the person's own to make, or all are those of one person for whom the person stands in.
        """
        self.used.pop(row.pk, None)
        try:
            self._refuse_own(row, changes)
        except PermissionDenied:
            for each in self.behind:
                with suppress(PermissionDenied):
                    each._refuse_own(row, changes)
                    self.used[row.pk] = each.user_id or 0
                    return
            raise

    def _refuse_own(self, row: MunicipalService, changes: Mapping[str, object]) -> None:
        if refused := changes.keys() - self.own_fields(row):
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
    """The rights of `user` in `municipality`, read once for any number of rows; those of the people for whom `user`
    stands in today are behind them. What is written in their place is kept with the person for whom (`stands_for`).
    """
    held, others = held_and_stood_in_for(user, municipality)
    leading = [each for each in (held, *others) if each and reach_of(each.role, Deed.CHANGE_ROWS) == Reach.TREE]
    led = trees([each.department for each in leading if each.department])
    behind = tuple(_rights(each.user_id, each, led) for each in others)
    found = _rights(user.pk, held, led)
    if isinstance(user, AnonymousUser) or not behind:
        return found
    user.stands_for = (
        found.used if user.stands_for is None else user.stands_for
    )  # read twice for a request, the same is kept
    return replace(found, behind=behind, used=user.stands_for)


def _rights(user_id: int | None, held: Membership | None, led: Mapping[int, frozenset[int]]) -> Rights:
    leads = held is not None and reach_of(held.role, Deed.CHANGE_ROWS) == Reach.TREE
    tree = led.get(held.department_id or 0, frozenset()) if leads and held else frozenset()
    return Rights(user_id, held.role if held else None, tree)


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
