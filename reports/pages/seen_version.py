"""Which version of a thing the page showed when its form was filled."""

from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest


def seen_version(request: MunicipalityRequest) -> int:
    """As the form's hidden field says; 0, which no version is, where it says none."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else 0
