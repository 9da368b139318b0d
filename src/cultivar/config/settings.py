"""Settings, all of them from the environment with defaults that need nothing installed.

Variables: ``CULTIVAR_HOME`` (folder for data), ``CULTIVAR_DATABASE`` (URL, SQLite in the data folder by
default), ``CULTIVAR_SECRET_KEY``, ``CULTIVAR_HOSTS`` (comma separated), ``CULTIVAR_DEMO`` (1: one-click
sign-in and the demonstration clock), ``CULTIVAR_CONTACT_MAIL`` and ``CULTIVAR_CONTACT_TELEPHONE`` (whom users
of the guides may ask: an office, not a person), ``CULTIVAR_LEDGER_ORIGIN`` (the ledger's name in checkpoints),
``CULTIVAR_LEDGER_KEYS`` (folder of its signing keys), ``CULTIVAR_WITNESSES`` (file of witnesses' vkeys),
``CULTIVAR_SM`` (1: an SM3 root and an SM2 signature beside the SHA-256 root and its signature) and
``CULTIVAR_WORKER_LOST`` (seconds after which a silent worker's jobs are taken up again).
"""

import os
import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

_HOSTS = os.environ.get("CULTIVAR_HOSTS", "127.0.0.1,localhost").split(",")
ROOT = Path(__file__).resolve().parents[3]
HOME = Path(os.environ.get("CULTIVAR_HOME", ROOT / "var"))
PROGRAMMES = Path(os.environ.get("CULTIVAR_PROGRAMMES", ROOT / "programmes"))
GUIDES = Path(os.environ.get("CULTIVAR_GUIDES", ROOT / "guides"))
CALENDARS = Path(os.environ.get("CULTIVAR_CALENDARS", ROOT / "calendars"))
CONTACT = {
    "mail": os.environ.get("CULTIVAR_CONTACT_MAIL", ""),
    "telephone": os.environ.get("CULTIVAR_CONTACT_TELEPHONE", ""),
}
DEMO = os.environ.get("CULTIVAR_DEMO") == "1"
DEMO_CLOCK = HOME / "clock.json"

LEDGER_ORIGIN = os.environ.get("CULTIVAR_LEDGER_ORIGIN") or f"{_HOSTS[0]}/ledger"
LEDGER_KEYS = Path(os.environ.get("CULTIVAR_LEDGER_KEYS", HOME / "ledger-keys"))
LEDGER_SM = os.environ.get("CULTIVAR_SM") == "1"
LEDGER_WITNESSES = Path(os.environ.get("CULTIVAR_WITNESSES", HOME / "witnesses"))

SECRET_KEY = os.environ.get("CULTIVAR_SECRET_KEY") or secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS = _HOSTS

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "cultivar.jobs",
    "cultivar.ledger",
    "cultivar.registry",
    "cultivar.web",
    "cultivar.guidance",
    "cultivar.appraisal",
    "cultivar.cases",
    "cultivar.roster",
    "cultivar.evaluation",
    "cultivar.audit",
    "cultivar.papers",
    "cultivar.demonstration",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "cultivar.web.middleware.NoControlCharacters",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cultivar.web.middleware.ActorMiddleware",
    "cultivar.cases.middleware.HoldProgrammes",
    "cultivar.web.middleware.SignedOutMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "cultivar.config.urls"
WSGI_APPLICATION = "cultivar.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cultivar.web.context.shell",
            ],
            "builtins": ["cultivar.web.templatetags.say"],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("CULTIVAR_DATABASE", f"sqlite:///{HOME / 'cultivar.sqlite3'}"), conn_max_age=600
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; "
        "PRAGMA secure_delete=ON;",  # what is erased leaves no trace in the file
    }
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # An act that was acknowledged survives a power cut, whatever the server's own default is.
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    _options["options"] = f"{_options.get('options', '')} -c synchronous_commit=on".strip()
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # the server may have been started anew since
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
WORKER_LOST_SECONDS = int(_LOST) if (_LOST := os.environ.get("CULTIVAR_WORKER_LOST", "60")).isdecimal() else 0
if WORKER_LOST_SECONDS < 1:
    raise ImproperlyConfigured(
        f"CULTIVAR_WORKER_LOST 要写 1 以上的整数秒 / is a whole number of seconds from 1 on: {_LOST}"
    )

AUTH_USER_MODEL = "registry.Person"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 12 * 3600

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [("vendor/bootstrap", ROOT / "node_modules" / "bootstrap" / "dist" / "css")]
STATICFILES_DIRS = [pair for pair in STATICFILES_DIRS if pair[1].is_dir()]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "cultivar.web.errors.csrf_failure"

EVIDENCE_FOLDER = HOME / "evidence"
EVIDENCE_MAX_BYTES = 50 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # a page of the dossier may hold several tables
