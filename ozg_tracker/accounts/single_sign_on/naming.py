"""What the provider is called where its accounts are kept. Another issuer is another provider: the same name there is
somebody else.
"""

from hashlib import sha256

from django.conf import settings


def provider_id() -> str:
    return f"oidc-{sha256(settings.OIDC.issuer.encode()).hexdigest()[:16]}"
