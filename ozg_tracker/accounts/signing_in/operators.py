"""What the role Betrieb opens: the operator's pages, and in them exactly what all municipalities share."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.access import operates

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import Model

    from ozg_tracker.accounts.models import User

# what may be looked at and changed there; each model's admin says what may not
MODELS = {
    "accounts": ("municipality",),
    "catalog": (
        *("service", "bundle", "cataloguerelease", "catalogueimport"),
        *("maturitymodel", "maturitylevel", "servicetype"),
    ),
    "tracking": ("deadline",),
}
PERMISSIONS = frozenset(
    f"{app}.{action}_{model}"
    for app, models in MODELS.items()
    for model in models
    for action in ("view", "add", "change", "delete")
)


class OperatorBackend(BaseBackend):
    """Gives `PERMISSIONS` to whoever has the role, as long as the role is held; nobody else gets any."""

    def get_user_permissions(self, user_obj: Any, obj: "Model | None" = None) -> set[str]:
        if not hasattr(user_obj, "_operator_perm_cache"):  # as Django's own backend does: one query a request
            user_obj._operator_perm_cache = set(PERMISSIONS) if operates(user_obj) else set()
        found: set[str] = user_obj._operator_perm_cache
        return found

    def has_module_perms(self, user_obj: "User | AnonymousUser", app_label: str) -> bool:
        return app_label in MODELS and bool(self.get_user_permissions(user_obj))


class OperatorSite(AdminSite):
    """Django's admin behind our sign-in, which counts failed attempts, and for operators alone."""

    site_header = site_title = gettext_lazy("OZG-Tracker: Betrieb")
    index_title = gettext_lazy("Was alle Kommunen teilen")

    def has_permission(self, request: HttpRequest) -> bool:
        return operates(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied(_("Diese Seite ist für eine andere Rolle: %(roles)s.") % {"roles": _("Betrieb")})
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
