"""Settings, read from the environment once. A wrong value stops the start with one German sentence per value.

Every name may also be given as NAME_FILE, the path of a file that holds the value.
"""

from pathlib import Path
from typing import Any, cast

import dj_email_url
from django.core.management.utils import get_random_secret_key
from environs import EnvError, EnvValidationError, validate

from ozg_tracker.settings.api_description import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from ozg_tracker.settings.environment import env, sentence, stop
from ozg_tracker.settings.oidc import read

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = BASE_DIR / ".data"
# the names other Django settings know for the same ways
_MAIL_WAYS = {"smtp+tls": "submission", "consolemail": "console", "dummymail": "dummy"}


@env.parser_for("mail_url")
def _mail_url(value: str) -> dict[str, Any]:
    """How mails leave, as Django's EMAIL_…; an unknown way is refused, where the library would quietly try SMTP."""
    way, _, rest = (value or "console://").partition("://")
    try:
        found: dict[str, Any] = dj_email_url.parse(f"{_MAIL_WAYS.get(way, way)}://{rest}")
    except ValueError as error:
        raise EnvError("Not a valid email URL.") from error
    if "EMAIL_BACKEND" not in found or (found["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not rest):
        raise EnvError("Not a valid email URL.")
    if found["EMAIL_TIMEOUT"] is not None and found["EMAIL_TIMEOUT"] < 1:
        raise EnvError("Not a valid email URL.")
    if found["EMAIL_BACKEND"].endswith("console.EmailBackend"):
        found["EMAIL_BACKEND"] = "ozg_tracker.console.MailsOnScreen"
    return found


DEBUG = env.bool("DEBUG", True)
SECRET_KEY = env.str("SECRET_KEY", "")
ALLOWED_HOSTS: list[str] = env.hosts("ALLOWED_HOSTS", [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
# a connection that the database has dropped since is made anew, before a request meets it
DATABASE = env.dj_db_url(
    "DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}", conn_max_age=60, conn_health_checks=True
)
CELERY_BROKER_URL: str = env.broker_url("CELERY_BROKER_URL", "")
EMAIL = env.mail_url("EMAIL_URL", "console://")
MAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 10, validate=validate.Range(min=1))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "ozg-tracker@localhost")
REPORT_AUTO_APPROVE = env.bool("REPORT_AUTO_APPROVE", False)
FIM_API_URL = env.str(
    "FIM_API_URL", "https://fimportal.de/api/v0", validate=validate.URL(schemes={"http", "https"}, require_tld=False)
)
OIDC = read()
SECOND_FACTOR_ROLES: tuple[str, ...] = env.roles("SECOND_FACTOR_ROLES", ())
SESSION_IDLE_HOURS = env.int("SESSION_IDLE_HOURS", 12, validate=validate.Range(min=1))
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", 50, validate=validate.Range(min=1))
CONFIRM_AFTER_MONTHS = env.int("CONFIRM_AFTER_MONTHS", 12, validate=validate.Range(min=1))
# the database lets no entry go that is younger than 180 days
JOURNAL_RETENTION_MONTHS = env.int("JOURNAL_RETENTION_MONTHS", 36, validate=validate.Range(min=6))
TRAINING_RETENTION_MONTHS = env.int("TRAINING_RETENTION_MONTHS", 24, validate=validate.Range(min=1))
# holds the operator's impressum.txt, datenschutz.txt and barrierefreiheit.txt
LEGAL_DIR: str = env.folder("LEGAL_DIR", "")
SIGNING_KEYS_DIR: str = env.folder("SIGNING_KEYS_DIR", "")  # <ARS>.pem: the key with which a municipality signs reports
BASE_URL: str = env.base_url("BASE_URL", "http://127.0.0.1:8000")
LOG_FORMAT = env.str("LOG_FORMAT", "text", validate=validate.OneOf(("text", "json")))
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", not DEBUG)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 0 if DEBUG else 31_536_000, validate=validate.Range(min=0))
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0, validate=validate.Range(min=0))
WEBHOOK_NETWORKS = env.networks("WEBHOOK_NETWORKS", ())

try:
    env.seal()
except EnvValidationError as error:
    _problems = cast("dict[str, list[str]]", error.error_messages)
    stop([sentence(name, str(first)) for name, (first, *_more) in _problems.items()])
if _together := OIDC.wrong():
    stop(_together)
if not SECRET_KEY:
    if not DEBUG:
        stop(["SECRET_KEY fehlt. Ohne DEBUG muss ein geheimer Schlüssel von mindestens 50 Zeichen gesetzt sein."])
    _key_file = DATA_DIR / "secret_key"
    try:
        if not _key_file.exists():
            DATA_DIR.mkdir(exist_ok=True)
            _key_file.write_text(get_random_secret_key())
            _key_file.chmod(0o600)
        SECRET_KEY = _key_file.read_text().strip()
    except OSError as error:
        stop([f"{_key_file} lässt sich nicht lesen oder anlegen: {error.strerror}."])

if DEBUG and not ALLOWED_HOSTS:
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
elif not ALLOWED_HOSTS:
    stop(["ALLOWED_HOSTS fehlt. Ohne DEBUG muss der Name stehen, unter dem der Tracker erreichbar ist."])

if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    try:
        Path(DATABASE["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop([f"DATABASE_URL: Der Ordner von {DATABASE['NAME']} lässt sich nicht anlegen: {error.strerror}."])
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer that starts DEFERRED loses its turn with "database is locked"
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
DATABASES = {"default": DATABASE}
CACHES = {  # shared by all workers of all machines: attempts to sign in, what a checked report comes to
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "ozg_cache",
        "KEY_FUNCTION": "ozg_tracker.accounts.signing_in.attempts.hidden",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "ozg_tracker",
    "ozg_tracker.webhooks",
    "ozg_tracker.feed",
    "reports",
    "ozg_tracker.reorganising",
    "ozg_tracker.handover",
    "ozg_tracker.people_list",
    "ozg_tracker.training",
    "ozg_tracker.tracking",
    "ozg_tracker.accounts",
    "ozg_tracker.api",
    "catalog",
    "ozg_tracker.accounts.signing_in.operators_app.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "ozg_tracker.log.RequestIds",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ozg_tracker.compression.CompressedPages",
    "csp.middleware.CSPMiddleware",
    "ozg_tracker.headers.WithoutCookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "ozg_tracker.language.LanguageMiddleware",
    "ozg_tracker.errors.ReadableText",  # before anything is looked up in the database, sessions too
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ozg_tracker.accounts.signing_in.sessions.Idle",
    "ozg_tracker.headers.Guarded",
    "ozg_tracker.accounts.signing_in.middleware.MunicipalityMiddleware",
    "ozg_tracker.accounts.signing_in.second_factors.SecondFactorFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ozg_tracker.accounts.signing_in.typed.KeepsTyped",
    "ozg_tracker.errors.ErrorPages",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "ozg_tracker.urls"
WSGI_APPLICATION = "ozg_tracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "ozg_tracker" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ozg_tracker.overview.pages.shell",
            ],
        },
    }
]

# People ---------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "ozg_tracker.accounts.signing_in.operators.OperatorBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a stranger's address gets no mail from us
ACCOUNT_LOGOUT_REDIRECT_URL = "/anmelden/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_FORMS = {"reset_password": "ozg_tracker.accounts.signing_in.resets.ConfirmedReset"}
ACCOUNT_ADAPTER = "ozg_tracker.accounts.signing_in.adapter.AccountAdapter"
# A whole administration signs in from one address at eight o'clock; a name counts apart on each device it is known on.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "60/m/ip,5/5m/key"}
MFA_ADAPTER = "ozg_tracker.accounts.signing_in.factor_adapter.FactorAdapter"
MFA_FORMS = {
    "authenticate": "ozg_tracker.accounts.signing_in.factor_forms.SignInCode",
    "reauthenticate": "ozg_tracker.accounts.signing_in.factor_forms.ConfirmingCode",
    "login_webauthn": "ozg_tracker.accounts.signing_in.factor_forms.SignInPasskey",
    "authenticate_webauthn": "ozg_tracker.accounts.signing_in.factor_forms.SecondPasskey",
    "reauthenticate_webauthn": "ozg_tracker.accounts.signing_in.factor_forms.ConfirmingPasskey",
    "add_webauthn": "ozg_tracker.accounts.signing_in.factor_forms.NewPasskey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up alone, so nobody takes an account whose address is another's
MFA_TOTP_ISSUER = "OZG-Tracker"
MFA_TOTP_PERIOD = 30  # seconds
MFA_TOTP_TOLERANCE = 1  # steps before and after, as clocks of telephones differ; none opens twice (`factor_forms`)
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
SOCIALACCOUNT_ADAPTER = "ozg_tracker.accounts.single_sign_on.adapter.SingleSignOn"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "ozg_tracker.accounts.single_sign_on.strict.StrictProvider"}
}
SOCIALACCOUNT_STORE_TOKENS = SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "ozg_tracker.accounts.signing_in.common_words.CommonWordsValidator"},
]

# Language and time ----------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "ozg_tracker" / "locale"]
USE_I18N = True
LANGUAGE_COOKIE_NAME = "sprache"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = not DEBUG
USE_THOUSAND_SEPARATOR = True
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

# Files ----------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "ozg_tracker" / "static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_MB * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a page of the grid holds 60 rows of nine fields

# Security -------------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # KERN's icons are data addresses in its style sheet
        "connect-src": ["'self'"],
        "form-action": ["'self'", *OIDC.form_action()],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
if not DEBUG:  # a browser takes these names from this host alone, over TLS
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
if TRUSTED_PROXY_COUNT:  # else anybody could claim to come over TLS, or from another address
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
SECURE_REFERRER_POLICY = "same-origin"
# whether all hosts below the domain keep to TLS, and its entry in browsers' lists, is for its owner to say
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "ozg_tracker.errors.csrf_failure"

# Log ------------------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "ozg_tracker.log.TextFormatter"},
        "json": {"()": "ozg_tracker.log.JsonFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # else Django's own handlers write it once more, or only while DEBUG
        "django": {"handlers": [], "level": "INFO"},
        "fido2": {"level": "WARNING"},  # else the id of each new passkey
        "gunicorn.error": {"handlers": [], "propagate": True},
    },
}

# API ------------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "ozg_tracker.accounts.signing_in.authentication.KeyAuthentication",  # first: 401 names it in WWW-Authenticate
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["ozg_tracker.accounts.signing_in.authentication.HasRole"],
    "DEFAULT_PARSER_CLASSES": ["ozg_tracker.api.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["ozg_tracker.api.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["ozg_tracker.api.filters.FilterBackend"],
    "NUM_PROXIES": TRUSTED_PROXY_COUNT,  # who asks without a sign-in is told apart by address
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS has nothing to tell that the schema does not
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "ozg_tracker.api.problem_documents.handle",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a key of the exports
}

# Jobs -----------------------------------------------------------------------------------------------------------------
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_TASK_EAGER_PROPAGATES = True  # without a broker an error must reach the caller, not vanish
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # a worker that dies gives its task back; every task is safe to run twice
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 1800
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 7200}  # longer than any task, or Redis hands it out again
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
globals().update({name: value for name, value in EMAIL.items() if name.startswith("EMAIL_")})
# seconds; a server that accepts and is silent holds nobody for ever
EMAIL_TIMEOUT = EMAIL["EMAIL_TIMEOUT"] or MAIL_TIMEOUT
