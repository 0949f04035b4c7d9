"""What a browser may do with our pages, and that it keeps none of them that a signed-in person saw."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_FEATURES = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
PERMISSIONS = ", ".join(f"{feature}=()" for feature in _FEATURES)


class Guarded:
    """No page of ours asks for camera, place or microphone. After signing out on a shared machine "back" shows nothing:
    what a signed-in person saw is not stored. An answer that says itself how it may be kept stays as it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
