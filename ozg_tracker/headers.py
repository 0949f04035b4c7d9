"""What a browser may do with our pages, that it keeps none that a signed-in person saw, and what is open to all."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

OPEN = ("/oeffentlich/", "/schema/", "/robots.txt")  # below these, what is said is the same for everybody

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


class WithoutCookies:
    """What is open to all is the same for everybody, so any cache between may keep it: who asks is not looked at, no
    session is read, no cookie is set. `request.without_cookies` says so to the shell of the pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(OPEN):
            return self.get_response(request)
        request.COOKIES = {}
        request.without_cookies = True  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.cookies.clear()
        response.headers.setdefault("Cache-Control", "no-store")  # a refusal holds for this moment alone
        vary = [each for each in response.headers.get("Vary", "").split(", ") if each and each != "Cookie"]
        del response.headers["Vary"]
        if vary:
            response.headers["Vary"] = ", ".join(vary)
        return response
