"""The page that a link in a letter leads to: the mail address is the person's once the button is pressed."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ozg_tracker.accounts.addresses import address_of, confirm_address


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Reading the page confirms nothing: programs that look into letters open links too."""
    try:
        if request.method != "POST":
            return render(request, "account/confirm_address.html", {"address": address_of(key)})
        user = confirm_address(key)
    except ValidationError as error:
        return render(request, "account/confirm_address.html", {"refused": error.messages}, status=400)
    messages.success(request, _("%(email)s ist jetzt die Adresse dieses Kontos.") % {"email": user.email})
    return redirect("account" if request.user.is_authenticated else "account_login")
