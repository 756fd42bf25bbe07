"""All settings. Every value that differs between machines comes from the environment and is parsed strictly:
an unknown `QIXUE_` name or a value that does not parse stops the start with a sentence that says which and why.
"""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

KNOWN = {
    "QIXUE_ALLOWED_HOSTS",
    "QIXUE_BASE_URL",
    "QIXUE_CONTACT_PHONE",
    "QIXUE_DATABASE_URL",
    "QIXUE_DEBUG",
    "QIXUE_FONT_DIR",
    "QIXUE_HTTPS",
    "QIXUE_ICP_NUMBER",
    "QIXUE_LARGE_EVENT_PEOPLE",
    "QIXUE_LOG_LEVEL",
    "QIXUE_MAIL_FROM",
    "QIXUE_MAIL_URL",
    "QIXUE_OUTBOX_DIR",
    "QIXUE_PHONE_CODES_PER_BROWSER",
    "QIXUE_PHONE_CODES_PER_DAY",
    "QIXUE_POLICE_NUMBER",
    "QIXUE_PORT",
    "QIXUE_PROGRAMME",
    "QIXUE_SECOND_FACTOR",
    "QIXUE_SECRET_KEY",
    "QIXUE_SECRET_KEY_FILE",
    "QIXUE_SITE_CODE",
    "QIXUE_SITE_NAME",
    "QIXUE_SMS_SECRET",
    "QIXUE_SMS_URL",
    "QIXUE_TRUSTED_PROXIES",
    "QIXUE_URL_PREFIX",
    "QIXUE_VAR",
    "QIXUE_WALL_LATE_LIMIT",
    "QIXUE_WECHAT_API_URL",
    "QIXUE_WECHAT_APP_ID",
    "QIXUE_WECHAT_APP_SECRET",
    "QIXUE_WECHAT_APP_SECRET_FILE",
    "QIXUE_WECHAT_OPEN_URL",
}
if unknown := sorted(name for name in os.environ if name.startswith("QIXUE_") and name not in KNOWN):
    raise ImproperlyConfigured(f"Unknown setting {', '.join(unknown)}; known are {', '.join(sorted(KNOWN))}.")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def truth(name: str, *, default: bool = False) -> bool:
    """1/0, true/false, yes/no; anything else is a mistake that must not pass as False."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes"}:
        return True
    if value in {"0", "false", "no"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def number(name: str, default: int) -> int:
    value = text(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


PACKAGE = Path(__file__).resolve().parent
VAR = Path(text("QIXUE_VAR") or "var").resolve()
PORT = number("QIXUE_PORT", 8000)
SECRET_KEY_PATH = Path(text("QIXUE_SECRET_KEY_FILE") or VAR / "secret_key")


def secret_key() -> str:
    """From the environment or a file; a first run on one machine makes its own, readable by its owner only."""
    if value := text("QIXUE_SECRET_KEY"):
        return value
    if not SECRET_KEY_PATH.exists():
        SECRET_KEY_PATH.parent.mkdir(parents=True, exist_ok=True)
        draft = SECRET_KEY_PATH.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # another process of the same first start was quicker
            os.link(draft, SECRET_KEY_PATH)
        draft.unlink()
    return SECRET_KEY_PATH.read_text().strip()


def database(url: str) -> dict[str, Any]:
    """`sqlite:///relative`, `sqlite:////absolute` or `postgresql://user:password@host:port/name`.

    A PostgreSQL socket directory goes into the query: `postgresql:///name?host=/run/postgresql`.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path).removeprefix("/")
        return {
            "ENGINE": "qixue.core.sqlite",
            "NAME": path or str(VAR / "qixue.sqlite3"),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
            # Opening costs more than most requests; closing the last connection writes the whole WAL back.
            "CONN_MAX_AGE": 60,
        }
    if parts.scheme in {"postgresql", "postgres"}:
        options = dict(part.split("=", 1) for part in parts.query.split("&") if "=" in part)
        return {
            "ENGINE": "qixue.core.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(options.get("host", parts.hostname or "")),
            "PORT": str(parts.port or ""),
            # Seconds for a connection, after which a request is told that the database is away instead of waiting on;
            # and hand-written statements, see core.statements.
            "OPTIONS": {"connect_timeout": 5, "prepare_threshold": 5},
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured(f"QIXUE_DATABASE_URL must start with sqlite: or postgresql:, not {parts.scheme!r}.")


def address(name: str, *schemes: str, default: str = "") -> str:
    """A URL with one of the schemes and a host, without a slash at its end."""
    value = text(name) or default
    parts = urlsplit(value)
    if value and (parts.scheme not in schemes or not parts.hostname):
        raise ImproperlyConfigured(f"{name} must start with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
    return value.rstrip("/")


def secret(name: str) -> str:
    """The value, or the content of the file that `…_FILE` names; not both."""
    value, path = text(name), text(f"{name}_FILE")
    if value and path:
        raise ImproperlyConfigured(f"Give {name} or {name}_FILE, not both.")
    try:
        return Path(path).read_text(encoding="utf-8").strip() if path else value
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from error


def one_of(name: str, *values: str) -> str:
    """One of the values, or empty where nothing is set."""
    value = text(name)
    if value and value not in values:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(values)}, not {value!r}.")
    return value


DEBUG = truth("QIXUE_DEBUG")
SECRET_KEY = secret_key()
HTTPS = truth("QIXUE_HTTPS")
ALLOWED_HOSTS = names("QIXUE_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
DATABASES = {"default": database(text("QIXUE_DATABASE_URL") or f"sqlite:///{VAR / 'qixue.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "qixue.core",
    "qixue.places",
    "qixue.people",
    "qixue.programme",
    "qixue.participation",
    "qixue.swap",
    "qixue.figures",
    "qixue.report",
    "qixue.web",
]
MIDDLEWARE = [
    "qixue.core.requests.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "qixue.api.stack.PastThePages",
    "qixue.web.public.cache.YoungCopies",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "qixue.web.preferences.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "qixue.web.roles_once.RolesOnce",
    "qixue.web.second_factor.SecondFactorFirst",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "qixue.urls"
WSGI_APPLICATION = "qixue.wsgi.application"
FORCE_SCRIPT_NAME = text("QIXUE_URL_PREFIX") or None
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "qixue.web.parts.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "qixue.web.templatetags.qixue"],
        },
    }
]

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "qixue.people.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "qixue.people.passwords.NotKnown"},
    {
        "NAME": "qixue.people.passwords.NotOwnData",
        "OPTIONS": {"user_attributes": ["username", "display_name", "email", "mobile"]},
    },
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "workspace:home"
LOGOUT_REDIRECT_URL = "public:home"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1 / 6  # hours: graded protection practice asks for ten minutes or more
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "qixue.web.views.accounts.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
SESSION_ENGINE = "qixue.people.session_store"  # rows that say whose they are, so that they can be ended
SESSION_COOKIE_AGE = 30 * 60  # an idle staff session ends after half an hour
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "qixue.web.stylesheets.SheetsInOne"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked by this machine, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if number("QIXUE_TRUSTED_PROXIES", 0) else None
AXES_IPWARE_PROXY_COUNT = number("QIXUE_TRUSTED_PROXIES", 0)
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "qixue.web.views.errors.form_expired"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOG_LEVEL = text("QIXUE_LOG_LEVEL", "INFO").upper()
LOGGING_CONFIG = None  # structlog is set up by qixue.core.logs when the app registry is ready

# bin/fonts fills the second; a run with its own QIXUE_VAR uses those fonts, too.
FONT_PLACES = [VAR / "fonts", PACKAGE.parent.parent / "var" / "fonts"]
# What a city sets for itself. Footer entries are shown only when set (see docs/reference/settings.md).
QIXUE: dict[str, Any] = {
    "SITE_NAME": text("QIXUE_SITE_NAME", "齐学"),
    "PROGRAMME": text("QIXUE_PROGRAMME"),
    "CONTACT_PHONE": text("QIXUE_CONTACT_PHONE"),
    "SITE_CODE": text("QIXUE_SITE_CODE"),
    "ICP_NUMBER": text("QIXUE_ICP_NUMBER"),
    "POLICE_NUMBER": text("QIXUE_POLICE_NUMBER"),
    "FONT_DIRS": [Path(part) for part in text("QIXUE_FONT_DIR").split(os.pathsep) if part] or FONT_PLACES,
    "BASE_URL": address("QIXUE_BASE_URL", "https", "http", default=f"http://127.0.0.1:{PORT}"),
    "MAIL_URL": address("QIXUE_MAIL_URL", "smtp", "smtps"),
    "MAIL_FROM": text("QIXUE_MAIL_FROM"),
    "SMS_URL": address("QIXUE_SMS_URL", "https"),
    "SMS_SECRET": text("QIXUE_SMS_SECRET"),
    "SECOND_FACTOR": one_of("QIXUE_SECOND_FACTOR", "required", "offered"),  # empty: core.second_factor.policy
    "PHONE_CODES_PER_BROWSER": number("QIXUE_PHONE_CODES_PER_BROWSER", 30),
    "PHONE_CODES_PER_DAY": number("QIXUE_PHONE_CODES_PER_DAY", 5000),
    "LARGE_EVENT_PEOPLE": number("QIXUE_LARGE_EVENT_PEOPLE", 1000),
    "WALL_LATE_LIMIT": number("QIXUE_WALL_LATE_LIMIT", 5),
    "WECHAT_APP_ID": text("QIXUE_WECHAT_APP_ID"),
    "WECHAT_APP_SECRET": secret("QIXUE_WECHAT_APP_SECRET"),
    "WECHAT_OPEN_URL": address("QIXUE_WECHAT_OPEN_URL", "https", default="https://open.weixin.qq.com"),
    "WECHAT_API_URL": address("QIXUE_WECHAT_API_URL", "https", default="https://api.weixin.qq.com"),
    "OUTBOX_DIR": Path(text("QIXUE_OUTBOX_DIR") or VAR / "outbox"),
}
PAIRS = (
    ("MAIL_FROM", "MAIL_URL"),
    ("SMS_SECRET", "SMS_URL"),
    ("WECHAT_APP_SECRET", "WECHAT_APP_ID"),
    ("WECHAT_APP_ID", "WECHAT_APP_SECRET"),
)
for needed, given in PAIRS:
    if QIXUE[given] and not QIXUE[needed]:
        raise ImproperlyConfigured(f"QIXUE_{given} needs QIXUE_{needed} beside it.")
