"""The process environment, read once and typed. Nothing else in the project reads it."""

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import environ

from config import local

PRODUCTION = "production"
DEVELOPMENT = "development"

#: What a production process cannot start without.
REQUIRED_IN_PRODUCTION = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "CPR_ENCRYPTION_KEY",
    "CPR_INDEX_KEY",
    "ALLOWED_HOSTS",
    "TRUSTED_PROXIES",
    "SITE_URL",
    "EMAIL_URL",
    "MAIL_FROM",
)

#: A key is as good as chance makes it: 32 random bytes hold fewer different ones than this once in a very long while.
LEAST_DIFFERENT_BYTES = 16
SHORTEST_SECRET, LEAST_DIFFERENT_CHARACTERS = 50, 12
MAKE_SECRET = "python3 -c 'import secrets; print(secrets.token_hex(50))'"
MAKE_KEY = "python3 -c 'import secrets; print(secrets.token_hex(32))'"


#: What stands before a key of several, and in all that it writes.
KEY_ID = re.compile(r"[a-z0-9-]{1,11}")


class EnvironmentIncomplete(Exception):
    """Variables are missing or wrong; the message names them all."""


class Key(NamedTuple):
    """One key of a ring; without an id it is of the time before there were rings."""

    id: str
    secret: bytes


@dataclass(frozen=True)
class Provider:
    """A log-in by OpenID Connect, and what its answer must say."""

    name: str
    issuer: str
    client_id: str
    client_secret: str
    user_claim: str
    organisation_claim: str
    assurance_claim: str
    assurance: tuple[str, ...]


@dataclass(frozen=True)
class Environment:
    """What differs between one installation and another."""

    is_production: bool
    secret_key: str
    # The newest first: it writes, and all of them read.
    cpr_encryption_keys: tuple[Key, ...]
    cpr_index_keys: tuple[Key, ...]
    allowed_hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    database: dict[str, Any]
    owner_database: dict[str, Any] | None
    redis_url: str
    email: dict[str, object]
    mail_from: str
    site_url: str
    post_folder: Path | None
    clock_file: Path | None
    static_folder: Path | None
    developer_addresses: tuple[str, ...]
    has_debug_toolbar: bool
    sweep_seconds: int
    demands_second_step: bool
    provider: Provider | None


def read() -> Environment:
    """The environment of this process.

    Raises EnvironmentIncomplete, naming every missing variable at once, when a production process lacks any.
    """
    env = environ.Env()
    mode = env("SAMTALEFLOW_MODE", default="") or DEVELOPMENT
    if mode not in (DEVELOPMENT, PRODUCTION):
        raise EnvironmentIncomplete(f"SAMTALEFLOW_MODE is '{mode}': write '{DEVELOPMENT}' or '{PRODUCTION}'.")
    is_production = mode == PRODUCTION
    if not is_production and find_spec("django_linear_migrations") is None:
        raise EnvironmentIncomplete(
            f"SAMTALEFLOW_MODE is not '{PRODUCTION}', and the packages of development are not here: read the file of "
            "the environment first, as `set -a; . /etc/samtaleflow.env; set +a`."
        )
    if is_production:
        missing = [name for name in REQUIRED_IN_PRODUCTION if not os.environ.get(name)]
        if missing:
            raise EnvironmentIncomplete("These variables are not set: " + ", ".join(missing) + ".")
        if os.environ.get("CLOCK_FILE"):
            raise EnvironmentIncomplete("CLOCK_FILE moves the clock: it is for demo and tests, never for production.")

        if os.environ.get("DEVELOPER_ADDRESSES") or os.environ.get("DEBUG_TOOLBAR"):
            raise EnvironmentIncomplete(
                "DEVELOPER_ADDRESSES and DEBUG_TOOLBAR show persons' data on error pages: never for production."
            )

    data_folder = local.data_folder()
    database_url = env("DATABASE_URL", default="")
    database = environ.Env.db_url_config(database_url or local.database_url())
    if not env("SAMTALEFLOW_MODE", default="") and not _is_on_this_machine(database):
        raise EnvironmentIncomplete(
            "SAMTALEFLOW_MODE is not set, and DATABASE_URL leads to another machine: write 'production', or "
            "'development' if the keys that everybody knows are good enough for its data."
        )
    read = Environment(
        is_production=is_production,
        secret_key=env("SECRET_KEY", default="") or _demo_key("session").hex(),
        cpr_encryption_keys=_ring(env("CPR_ENCRYPTION_KEY", default=""), "cpr encryption"),
        cpr_index_keys=_ring(env("CPR_INDEX_KEY", default=""), "cpr index"),
        allowed_hosts=tuple(env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])),
        trusted_proxies=_proxies(env.list("TRUSTED_PROXIES", default=[])),
        database=database,
        owner_database=_owner_database(env("MIGRATE_DATABASE_URL", default=""), database, is_own=not database_url),
        redis_url=env("REDIS_URL", default="") or local.redis_url(),
        email=_email(env("EMAIL_URL", default=""), env("MAIL_FOLDER", default=str(data_folder / "mail"))),
        mail_from=env("MAIL_FROM", default="Samtaleflow <samtaleflow@example.dk>"),
        site_url=env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/"),
        post_folder=_post_folder(env("POST_FOLDER", default=""), None if is_production else data_folder / "post"),
        clock_file=_clock_file(env("CLOCK_FILE", default=""), is_own_database=not database_url),
        static_folder=Path(folder) if (folder := env("STATIC_FOLDER", default="")) else None,
        developer_addresses=tuple(env.list("DEVELOPER_ADDRESSES", default=[])),
        has_debug_toolbar=env.bool("DEBUG_TOOLBAR", default=False),
        sweep_seconds=env.int("SWEEP_SECONDS", default=60),
        demands_second_step=env.bool("SECOND_STEP", default=is_production),
        provider=_provider(env, is_production=is_production),
    )
    if is_production:
        _refuse_what_is_not_secret(read)
        _refuse_what_others_could_read(read)
        if not re.match(r"https://[^/\s]+$", read.site_url):
            raise EnvironmentIncomplete(
                f"SITE_URL is '{read.site_url}': write the address that messages link to, such as "
                "https://samtaleflow.example.dk."
            )
    return read


#: A log-in by OpenID Connect has all of these or none.
_OF_A_PROVIDER = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_ASSURANCE")


def _provider(env: environ.Env, *, is_production: bool) -> Provider | None:
    missing = [name for name in _OF_A_PROVIDER if not os.environ.get(name)]
    if len(missing) == len(_OF_A_PROVIDER):
        return None
    if missing:
        raise EnvironmentIncomplete(f"A log-in by OpenID Connect also needs {', '.join(missing)}.")
    issuer = env("OIDC_ISSUER")
    if is_production and not re.match(r"https://[^/\s]+", issuer):
        raise EnvironmentIncomplete(f"OIDC_ISSUER is '{issuer}': write the issuer's address, with https://.")
    return Provider(
        name=env("OIDC_NAME", default="din organisation"),
        issuer=issuer,
        client_id=env("OIDC_CLIENT_ID"),
        client_secret=env("OIDC_CLIENT_SECRET"),
        user_claim=env("OIDC_USER_CLAIM", default="preferred_username"),
        organisation_claim=env("OIDC_ORGANISATION_CLAIM", default="cvr"),
        assurance_claim=env("OIDC_ASSURANCE_CLAIM", default="acr"),
        assurance=tuple(env.list("OIDC_ASSURANCE")),
    )


def _refuse_what_is_not_secret(read: Environment) -> None:
    """Keys that are known to all, that can be guessed, or that do each other's work."""
    secret = read.secret_key
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < LEAST_DIFFERENT_CHARACTERS:
        raise EnvironmentIncomplete(
            f"SECRET_KEY can be guessed: it needs {SHORTEST_SECRET} characters, {LEAST_DIFFERENT_CHARACTERS} of them "
            f"different; make one with: {MAKE_SECRET}."
        )
    rings = {"CPR_ENCRYPTION_KEY": read.cpr_encryption_keys, "CPR_INDEX_KEY": read.cpr_index_keys}
    for name, key in ((name, key.secret) for name, ring in rings.items() for key in ring):
        if key in _DEMO_KEYS:
            raise EnvironmentIncomplete(f"{name} is a demo's, which everybody knows; make one with: {MAKE_KEY}.")
        if len(set(key)) < LEAST_DIFFERENT_BYTES:
            raise EnvironmentIncomplete(f"{name} can be guessed: it repeats itself; make one with: {MAKE_KEY}.")
        if key.hex() in secret.lower():
            raise EnvironmentIncomplete(f"SECRET_KEY holds {name}: each needs a value of its own.")
    if {key.secret for key in read.cpr_encryption_keys} & {key.secret for key in read.cpr_index_keys}:
        raise EnvironmentIncomplete(
            "CPR_ENCRYPTION_KEY and CPR_INDEX_KEY are the same: who has the one must not have the other; "
            f"make one more with: {MAKE_KEY}."
        )


def _refuse_what_others_could_read(read: Environment) -> None:
    """Addresses on another machine that are not asked by TLS, or by one that trusts whoever answers."""
    for name, database in (("DATABASE_URL", read.database), ("MIGRATE_DATABASE_URL", read.owner_database)):
        mode = database and database.get("OPTIONS", {}).get("sslmode")
        if database and not _is_on_this_machine(database) and mode != "verify-full":
            raise EnvironmentIncomplete(
                f"{name} leads to another machine, and others on the way could read it or answer in its place: add "
                "sslmode=verify-full, and with sslrootcert the file of whom its certificate is from."
            )
    redis = urlsplit(read.redis_url)
    asked = dict(parse_qsl(redis.query))
    # Without these words a rediss address is read as one whose certificate nobody checks.
    is_checked = asked.get("ssl_cert_reqs") == "required" and asked.get("ssl_check_hostname", "true").lower() == "true"
    if not _is_here(redis.hostname or "") and not (redis.scheme == "rediss" and is_checked):
        raise EnvironmentIncomplete(
            "REDIS_URL leads to another machine, and others on the way could read it or answer in its place: write it "
            "as rediss://user:password@host:6379/0?ssl_cert_reqs=required."
        )
    has_tls = read.email.get("EMAIL_USE_TLS") or read.email.get("EMAIL_USE_SSL")
    if not _is_here(str(read.email.get("EMAIL_HOST") or "")) and not has_tls:
        raise EnvironmentIncomplete(
            "EMAIL_URL leads to another machine, and others on the way could read what is sent: write it as "
            "smtp+tls://user:password@host:587 or smtp+ssl://user:password@host:465."
        )


def _is_here(host: str) -> bool:
    """Whether it is a socket or an own address of this machine."""
    return host in ("", "localhost", "127.0.0.1", "::1", "[::1]") or unquote(host).startswith(("/", "@"))


def _is_on_this_machine(database: Mapping[str, Any]) -> bool:
    """Whether all of the database's hosts are sockets or this machine's own address."""
    options = database.get("OPTIONS", {})
    # libpq itself looks at PGHOST where an address names no host.
    hosts = options.get("hostaddr") or options.get("host") or database["HOST"] or os.environ.get("PGHOST", "")
    return all(_is_here(host) for host in str(hosts).split(","))


def _owner_database(given: str, database: Mapping[str, Any], *, is_own: bool) -> dict[str, Any] | None:
    """The same database as the owner of its tables; none where one role does everything, or nobody said who owns."""
    if not given and not is_own:
        return None
    owner: dict[str, Any] = environ.Env.db_url_config(given or local.owner_url())
    if owner["NAME"] != database["NAME"]:
        raise EnvironmentIncomplete(
            f"MIGRATE_DATABASE_URL leads to the database '{owner['NAME']}', and DATABASE_URL to '{database['NAME']}': "
            "they are the same database, once as its owner and once as the application."
        )
    return None if owner["USER"] == database["USER"] else owner


def _proxies(given: Sequence[str]) -> tuple[str, ...]:
    """Addresses and networks, or 'unix' for a proxy on a socket of this machine."""
    for proxy in given:
        try:
            if proxy != "unix":
                ip_network(proxy)
        except ValueError:
            raise EnvironmentIncomplete(
                f"TRUSTED_PROXIES names '{proxy}': write addresses such as 127.0.0.1, networks such as 10.1.2.0/24, or "
                "'unix', with commas between."
            ) from None
    return tuple(given)


def _clock_file(given: str, *, is_own_database: bool) -> Path | None:
    """The date belongs to the data: every command on the data of `make run` has its clock, and no other database."""
    if given:
        return Path(given)
    return local.clock_file() if is_own_database else None


def _post_folder(given: str, otherwise: Path | None) -> Path | None:
    """Where Digital Post and SMS are handed over; a production that has chosen no folder has no carrier of them."""
    return Path(given) if given else otherwise


def _email(url: str, folder: str) -> dict[str, object]:
    """Mail by the given server; without one, as files in the folder."""
    if url:
        return dict(environ.Env.email_url_config(url))
    return {"EMAIL_BACKEND": "cases.reminders.carriers.MailFolder", "EMAIL_FILE_PATH": folder}


def _ring(text: str, purpose: str) -> tuple[Key, ...]:
    """The keys of one purpose, the newest first, as "2:…,1:…"; a development machine without one gets a demo key."""
    if not text:
        return (Key("", _demo_key(purpose)),)
    ring = tuple(_key(one.strip(), purpose) for one in text.split(","))
    if len({key.id for key in ring}) < len(ring):
        raise EnvironmentIncomplete(f"Two keys for {purpose} have the same id: give each its own, as 2:… and 1:….")
    return ring


def _key(text: str, purpose: str) -> Key:
    """32 bytes from 64 hex digits, with an id and a colon before them where there may be several."""
    key_id, colon, digits = text.rpartition(":")
    if colon and not KEY_ID.fullmatch(key_id):
        raise EnvironmentIncomplete(
            f"The id of a key for {purpose} must be 1 to 11 small letters, digits and hyphens, such as 2027-01."
        )
    try:
        secret = bytes.fromhex(digits)
    except ValueError:
        secret = b""
    if len(secret) != 32:
        raise EnvironmentIncomplete(f"The key for {purpose} must be 64 hexadecimal digits (32 bytes).")
    return Key(key_id, secret)


def _demo_key(purpose: str) -> bytes:
    # Not a secret: demo persons are invented, and a production process never comes here.
    return hashlib.sha256(f"samtaleflow demo {purpose}".encode()).digest()


_DEMO_KEYS = frozenset(_demo_key(purpose) for purpose in ("session", "cpr encryption", "cpr index"))
