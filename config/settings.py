"""One settings file; every difference between installations comes from config.env."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from config import env

ENV = env.read()
BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = False
IS_PRODUCTION = ENV.is_production
SECRET_KEY = ENV.secret_key
ALLOWED_HOSTS = list(ENV.allowed_hosts)
SITE_URL = ENV.site_url

INSTALLED_APPS = [
    "config.apps.AdminSite",
    # Before Django's own: its createsuperuser gives way to ours.
    "cases",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "crispy_forms",
    "django_filters",
    "pgtrigger",
    "template_partials.apps.SimpleAppConfig",
    "meetings",
    "referrals",
]

if not ENV.is_production:
    # Keeps the migrations of a branch in one line; a tool of those who write them.
    INSTALLED_APPS.append("django_linear_migrations")

MIDDLEWARE = [
    "cases.accounts.middleware.answer_on_one_stack",
    "cases.accounts.middleware.count",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Here and not in a proxy: it lengthens each answer by chance, so that no secret is guessed from its size.
    "django.middleware.gzip.GZipMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before the form's token is looked for in the body.
    "cases.accounts.middleware.LimitBody",
    "cases.accounts.middleware.RefuseNul",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cases.accounts.login.keep_sessions",
    "cases.accounts.middleware.stand_before_the_wall",
    "cases.accounts.security_log.note_refusals",
    "cases.accounts.middleware.keep_no_copies",
    "cases.accounts.proof.ask_second_step",
    "cases.accounts.own_password.lead_to_own",
    # Around all that asks who is logged in.
    "cases.unsaved.middleware.KeepUnsaved",
    "django_htmx.middleware.HtmxMiddleware",
    "cases.accounts.login.LoginRequired",
    "cases.accounts.limits.LimitDoors",
    "django.contrib.messages.middleware.MessageMiddleware",
    "cases.accounts.proof.AskAgain",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "cases.accounts.middleware.SayRefusals",
]

# Set by `make run` alone: an edited template shows at once, and these addresses see the page of an error.
DEVELOPER_ADDRESSES = ENV.developer_addresses
HAS_DEBUG_TOOLBAR = ENV.has_debug_toolbar
if HAS_DEBUG_TOOLBAR:
    INSTALLED_APPS.append("debug_toolbar")
    MIDDLEWARE.insert(
        MIDDLEWARE.index("csp.middleware.CSPMiddleware"), "debug_toolbar.middleware.DebugToolbarMiddleware"
    )
    DEBUG_TOOLBAR_CONFIG = {"SHOW_TOOLBAR_CALLBACK": "config.development.is_developer", "SHOW_COLLAPSED": True}

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATE_LOADERS: list[Any] = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
if not DEVELOPER_ADDRESSES:
    TEMPLATE_LOADERS = [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", TEMPLATE_LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cases.web.navigation.navigation",
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "cases.templatetags.addresses",
                "cases.templatetags.form_token",
            ],
        },
    }
]

# Each service is its own durable transaction.
DATABASES = {"default": {**ENV.database, "ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
# The worker and the commands work for all organisations; the web takes it back (config.wsgi), and says for whom.
SEES_ALL = "-c samtaleflow.sees=0"
# What cases.statements asks is prepared at once and planned once: to weigh the orders of ten joins takes far longer
# than to read the rows of a page. Django's own cursors prepare nothing.
_OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
_OPTIONS["prepare_threshold"] = 0
_OPTIONS["options"] = f"{_OPTIONS.get('options', '')} -c plan_cache_mode=force_generic_plan {SEES_ALL}".strip()
# By the owner of the tables `migrate` alone connects; all else works as this role, which owns nothing.
OWNER_DATABASE = ENV.owner_database
APPLICATION_ROLE = ENV.database["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "cases.User"
# The name stands in every session, and both releases read it while one replaces the other.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "cases.login.UserBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "cases.accounts.password_words.PasswordWords"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "meetings:worklist"
LOGOUT_REDIRECT_URL = "login"

# The organisations' own log-in (OpenID Connect), where there is one.
PROVIDER = ENV.provider
# Whoever logs in by a password takes a second step, or sets one up before anything else.
SECOND_STEP_IS_DEMANDED = ENV.demands_second_step

# Who tries: cases.login weighs a user at an address, and all users at an address.
AXES_HANDLER = "cases.accounts.login.LockOut"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Who is locked out and goes on neither prolongs it nor locks his whole office.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "cases.accounts.login.locked"
AXES_CLIENT_IP_CALLABLE = "cases.accounts.login.client_address"
TRUSTED_PROXIES = ENV.trusted_proxies
AXES_ENABLE_ADMIN = False

SESSION_ENGINE = "cases.accounts.sessions"
# Idle for longer than the longest talk, which is an hour and a half; every use extends it (cases.accounts.login).
SESSION_COOKIE_AGE = 2 * 60 * 60
# However much somebody does, a stolen cookie is worth a day's work at most.
SESSION_LONGEST_AGE = 12 * 60 * 60
# Whoever publishes a law, takes a list out, sees a whole CPR number or changes users proved this lately who they are.
PROVE_AGAIN_AFTER = 30 * 60
# So long a link holds by which somebody chooses their first password, or a new one.
PASSWORD_RESET_TIMEOUT = 7 * 24 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

if ENV.is_production:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # Whoever asks from within the house speaks no TLS.
    SECURE_REDIRECT_EXEMPT = ["^(live|ready)$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        # What a browser has blocked, it tells (cases.web.site_views.csp_report).
        "report-uri": ["/sager/blokeret/"],
    }
}
CSRF_FAILURE_VIEW = "cases.unsaved.middleware.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "microphone", "geolocation", "payment", "usb", "fullscreen")
}

# The fonts of letters, brought by config.assets; no browser loads them.
FONT_FOLDER = BASE_DIR / "vendor" / "fonts"

LANGUAGE_CODE = "da"
TIME_ZONE = "Europe/Copenhagen"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "static/"
STATIC_ROOT = ENV.static_folder or BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Collected, compressed and named by what is in them, so that a browser asks for each once: in production and under
# `make run`. Tests and commands read them where they lie.
_IS_COLLECTED = ENV.is_production or ENV.static_folder is not None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _IS_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not _IS_COLLECTED

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "fds"
# A misspelt field must fail; the default hides it.
CRISPY_FAIL_SILENTLY = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# A reminder holds its row while it is sent: a mail server that hangs must not hold it for long.
EMAIL_TIMEOUT = 10
vars().update(ENV.email)
DEFAULT_FROM_EMAIL = ENV.mail_from
SERVER_EMAIL = ENV.mail_from
# Digital Post and SMS are handed over here; without it they stay owed.
POST_FOLDER = ENV.post_folder

# The newest first: it writes, and all of them read (cases.people.encryption).
CPR_ENCRYPTION_KEYS = ENV.cpr_encryption_keys
CPR_INDEX_KEYS = ENV.cpr_index_keys

# A file with the number of seconds to add to the clock: demo and tests only.
CLOCK_FILE = ENV.clock_file

REDIS_URL = ENV.redis_url
SWEEP_SECONDS = ENV.sweep_seconds

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "cases.operation.logs.MaskedFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # The reminder ledger and the access log say what happened; axes' lines would repeat user names.
    # The import's tick and the sweep would write three lines every few seconds that nothing happened.
    "loggers": {
        # Django's own handlers would write and mail what nobody has masked.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        "axes": {"level": "ERROR"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
