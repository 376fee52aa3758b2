"""The environment is read once, typed, and a production process never starts on what belongs to a demo."""

import hashlib
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks

from cases.reminders import carriers as reminders_carriers
from config import env, local

ROOT = Path(settings.BASE_DIR)

# Written in the source that everybody can read.
DEMO_ENCRYPTION = hashlib.sha256(b"samtaleflow demo cpr encryption").hexdigest()
DEMO_INDEX = hashlib.sha256(b"samtaleflow demo cpr index").hexdigest()
SAME = secrets.token_hex(32)
OURS = {
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_ASSURANCE",
    "OIDC_NAME",
    "SECOND_STEP",
    "DEVELOPER_ADDRESSES",
    "DEBUG_TOOLBAR",
    "MIGRATE_DATABASE_URL",
    "POST_FOLDER",
}


def production():
    """What a production process is given; invented, and new for each test."""
    return {
        "SAMTALEFLOW_MODE": "production",
        "DATABASE_URL": "postgres://samtaleflow:pass@database.example.dk/samtaleflow?sslmode=verify-full",
        "REDIS_URL": "rediss://redis.example.dk:6379/0?ssl_cert_reqs=required",
        "SECRET_KEY": secrets.token_hex(50),
        "CPR_ENCRYPTION_KEY": secrets.token_hex(32),
        "CPR_INDEX_KEY": secrets.token_hex(32),
        "ALLOWED_HOSTS": "samtaleflow.example.dk",
        "TRUSTED_PROXIES": "127.0.0.1",
        "SITE_URL": "https://samtaleflow.example.dk",
        "EMAIL_URL": "smtp+tls://mail.example.dk:587",
        "MAIL_FROM": "samtaleflow@example.dk",
        "POST_FOLDER": "/srv/samtaleflow/post",
    }


@pytest.fixture
def environ(monkeypatch):
    """The environment of a process, and nothing of ours in it."""

    def give(**variables):
        for name in {*env.REQUIRED_IN_PRODUCTION, "SAMTALEFLOW_MODE", "CLOCK_FILE", "SWEEP_SECONDS", "PGHOST"} | OURS:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return give


def test_a_production_process_reads_its_environment(environ):
    given = production()
    environ(**given)

    read = env.read()

    assert read.is_production
    assert read.secret_key == given["SECRET_KEY"]
    assert [(key.id, key.secret.hex()) for key in read.cpr_encryption_keys] == [("", given["CPR_ENCRYPTION_KEY"])]
    assert [(key.id, key.secret.hex()) for key in read.cpr_index_keys] == [("", given["CPR_INDEX_KEY"])]
    assert read.allowed_hosts == ("samtaleflow.example.dk",)
    assert read.database["HOST"] == "database.example.dk"
    assert read.email["EMAIL_HOST"] == "mail.example.dk"
    assert read.clock_file is None


def test_a_production_without_a_folder_for_post_has_no_carrier_and_says_so(environ, settings):
    given = production()
    del given["POST_FOLDER"]
    environ(**given)
    settings.POST_FOLDER = env.read().post_folder

    assert settings.POST_FOLDER is None
    assert [(warning.id, warning.msg.partition(":")[0]) for warning in run_checks() if warning.id == "cases.W001"] == [
        ("cases.W001", "Digital Post og SMS har ingen forbindelse")
    ]


def test_a_folder_that_is_chosen_is_the_carrier_and_development_has_its_own(environ):
    environ(**production())
    chosen = env.read().post_folder
    environ()

    assert str(chosen) == "/srv/samtaleflow/post"
    assert env.read().post_folder is not None
    assert reminders_carriers.check() == []


def test_the_example_of_the_deploy_page_names_all_that_is_needed():
    lines = (ROOT / "docs" / "deploy" / "samtaleflow.env").read_text().splitlines()
    named = {line.partition("=")[0] for line in lines if not line.startswith("#")}

    assert {"SAMTALEFLOW_MODE", *env.REQUIRED_IN_PRODUCTION} - named == set()


def test_what_is_missing_is_named_all_at_once(environ):
    environ(SAMTALEFLOW_MODE="production")

    with pytest.raises(env.EnvironmentIncomplete) as refused:
        env.read()

    assert [name for name in env.REQUIRED_IN_PRODUCTION if name not in str(refused.value)] == []


@pytest.mark.parametrize("name", env.REQUIRED_IN_PRODUCTION)
def test_production_does_not_start_without(name, environ):
    # No key of a demo ever stands in for one that is missing.
    environ(**{**production(), name: ""})

    with pytest.raises(env.EnvironmentIncomplete, match=rf"not set: {name}\."):
        env.read()


def test_production_refuses_a_clock_that_moves(environ, tmp_path):
    environ(**production(), CLOCK_FILE=str(tmp_path / "clock"))

    with pytest.raises(env.EnvironmentIncomplete, match="CLOCK_FILE"):
        env.read()


@pytest.mark.parametrize("name", ["DEVELOPER_ADDRESSES", "DEBUG_TOOLBAR"])
def test_production_shows_no_error_page_and_no_queries(name, environ):
    environ(**production(), **{name: "127.0.0.1"})

    with pytest.raises(env.EnvironmentIncomplete, match=name):
        env.read()


def test_a_demo_may_move_its_clock(environ, tmp_path):
    environ(CLOCK_FILE=str(tmp_path / "clock"))

    assert env.read().clock_file == tmp_path / "clock"


def test_the_data_of_make_run_has_its_clock_and_another_database_has_none(environ):
    environ()
    assert env.read().clock_file == local.data_folder() / "clock"

    environ(DATABASE_URL="postgres://somebody@localhost/trial")
    assert env.read().clock_file is None


@pytest.mark.parametrize("name", ["CPR_ENCRYPTION_KEY", "CPR_INDEX_KEY"])
@pytest.mark.parametrize("value", [pytest.param("ab" * 16, id="too short"), pytest.param("ikke hex", id="no digits")])
def test_a_key_of_the_wrong_shape_is_refused(name, value, environ):
    environ(**{**production(), name: value})

    with pytest.raises(env.EnvironmentIncomplete, match="64 hexadecimal digits"):
        env.read()


def test_several_keys_of_one_purpose_are_read_in_their_order(environ):
    old, new = secrets.token_hex(32), secrets.token_hex(32)
    environ(**{**production(), "CPR_ENCRYPTION_KEY": f"2027-01:{new}, 1:{old}", "CPR_INDEX_KEY": f"2:{SAME}"})

    read = env.read()

    assert [(key.id, key.secret.hex()) for key in read.cpr_encryption_keys] == [("2027-01", new), ("1", old)]
    assert [(key.id, key.secret.hex()) for key in read.cpr_index_keys] == [("2", SAME)]


@pytest.mark.parametrize(
    ("ring", "sentence"),
    [
        pytest.param(f"2:{SAME},2:{SAME}", "have the same id", id="two of one id"),
        pytest.param(f"{SAME},{SAME}", "have the same id", id="two without id"),
        pytest.param(f"To:{SAME}", "1 to 11 small letters", id="an id of capitals"),
        pytest.param(f":{SAME}", "1 to 11 small letters", id="an id of nothing"),
        pytest.param(f"2:{SAME},", "64 hexadecimal digits", id="nothing behind the comma"),
        pytest.param(f"2:{SAME},1:{'0' * 64}", "can be guessed", id="an old key of noughts"),
        pytest.param(f"2:{SAME},1:{DEMO_ENCRYPTION}", "is a demo's", id="an old key of a demo"),
    ],
)
def test_a_ring_that_is_none_is_refused(ring, sentence, environ):
    environ(**{**production(), "CPR_ENCRYPTION_KEY": ring})

    with pytest.raises(env.EnvironmentIncomplete, match=sentence):
        env.read()


def test_a_key_of_one_ring_stands_in_no_other(environ):
    environ(**{**production(), "CPR_ENCRYPTION_KEY": f"2:{secrets.token_hex(32)},1:{SAME}", "CPR_INDEX_KEY": SAME})

    with pytest.raises(env.EnvironmentIncomplete, match="are the same"):
        env.read()


def test_a_mode_that_is_misspelt_is_refused(environ):
    # It must not fall back to development, where keys are known to all.
    environ(SAMTALEFLOW_MODE="prod")

    with pytest.raises(env.EnvironmentIncomplete, match="prod"):
        env.read()


def test_a_shell_of_production_without_its_environment_is_told_so(environ, monkeypatch):
    environ()
    # As where requirements.txt alone is installed.
    monkeypatch.setitem(sys.modules, "django_linear_migrations", None)

    with pytest.raises(env.EnvironmentIncomplete, match=r"/etc/samtaleflow\.env"):
        env.read()

    environ(**production())
    assert env.read().is_production


# What is no secret


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        pytest.param({"SECRET_KEY": "x"}, "SECRET_KEY can be guessed", id="a secret of one letter"),
        pytest.param({"SECRET_KEY": "abcdefghijk" * 5}, "SECRET_KEY can be guessed", id="a secret of eleven letters"),
        pytest.param({"SECRET_KEY": secrets.token_hex(24)}, "SECRET_KEY can be guessed", id="a secret too short"),
        pytest.param({"CPR_ENCRYPTION_KEY": DEMO_ENCRYPTION}, "CPR_ENCRYPTION_KEY is a demo's", id="a demo's key"),
        pytest.param({"CPR_INDEX_KEY": DEMO_INDEX.upper()}, "CPR_INDEX_KEY is a demo's", id="a demo's index key"),
        pytest.param({"CPR_ENCRYPTION_KEY": DEMO_INDEX}, "CPR_ENCRYPTION_KEY is a demo's", id="a demo's other key"),
        pytest.param({"CPR_INDEX_KEY": "0" * 64}, "CPR_INDEX_KEY can be guessed", id="a key of noughts"),
        pytest.param({"CPR_INDEX_KEY": SAME, "CPR_ENCRYPTION_KEY": SAME}, "are the same", id="one key twice"),
        pytest.param({"CPR_INDEX_KEY": SAME, "SECRET_KEY": SAME}, "SECRET_KEY holds CPR_INDEX_KEY", id="in the secret"),
        pytest.param({"TRUSTED_PROXIES": "127.0.0.1,nginx"}, "TRUSTED_PROXIES names 'nginx'", id="a proxy's name"),
        pytest.param({"SITE_URL": "http://samtaleflow.example.dk"}, "SITE_URL is", id="links without encryption"),
        pytest.param({"SITE_URL": "samtaleflow.example.dk"}, "SITE_URL is", id="links without a scheme"),
        pytest.param({"SITE_URL": "https://samtaleflow.example.dk/x"}, "SITE_URL is", id="links to a page"),
    ],
)
def test_production_refuses_what_is_no_secret_and_leads_nowhere(wrong, sentence, environ):
    environ(**{**production(), **wrong})

    with pytest.raises(env.EnvironmentIncomplete, match=sentence) as refused:
        env.read()
    assert [value for name, value in wrong.items() if "KEY" in name and value in str(refused.value).split()] == []


@pytest.mark.parametrize(
    "url",
    [
        "postgres://samtaleflow:pass@database.example.dk/samtaleflow",
        "postgres://samtaleflow@/samtaleflow?host=10.0.0.5",
        "postgres://samtaleflow@localhost/samtaleflow?hostaddr=10.0.0.5",
        "postgres://samtaleflow@/samtaleflow?host=/run/postgresql,database.example.dk",
    ],
)
def test_a_database_elsewhere_is_never_taken_for_a_demo_s(url, environ):
    environ(DATABASE_URL=url)
    with pytest.raises(env.EnvironmentIncomplete, match="SAMTALEFLOW_MODE is not set"):
        env.read()

    environ(DATABASE_URL=url, SAMTALEFLOW_MODE="development")
    assert not env.read().is_production


@pytest.mark.parametrize(
    "url",
    [
        "postgres:///samtaleflow",
        "postgres://samtaleflow@/samtaleflow?host=/run/postgresql",
        "postgres://samtaleflow@%2Frun%2Fpostgresql/samtaleflow",
        "postgres://samtaleflow:pass@127.0.0.1:5433/samtaleflow",
    ],
)
def test_a_database_on_this_machine_may_be_a_demo_s(url, environ):
    environ(DATABASE_URL=url)

    assert not env.read().is_production


def test_a_database_elsewhere_is_seen_in_the_shell_s_own_variable(environ):
    environ(DATABASE_URL="postgres:///samtaleflow", PGHOST="database.example.dk")

    with pytest.raises(env.EnvironmentIncomplete, match="SAMTALEFLOW_MODE is not set"):
        env.read()


def test_a_demo_starts_with_keys_of_its_own_for_each_purpose(environ):
    environ()

    read = env.read()

    assert not read.is_production
    keys = {key.secret.hex() for ring in (read.cpr_encryption_keys, read.cpr_index_keys) for key in ring}
    assert len({read.secret_key, *keys}) == 3


def test_nothing_else_reads_the_environment():
    # config.local starts the servers of a development machine: it hands an environment on.
    paths = [path for app in ("cases", "meetings", "referrals") for path in (ROOT / app).rglob("*.py")]
    paths += [ROOT / "config" / name for name in ("settings.py", "urls.py", "admin.py", "celery.py", "apps.py")]

    reading = re.compile(r"os\.environ(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE\")|os\.getenv|environ\.Env\(")
    assert [path.name for path in paths if reading.search(path.read_text())] == []


def test_the_deploy_check_finds_nothing_with_production_values():
    given = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **production()}
    # Checks ask the database for its version.
    given["DATABASE_URL"] = os.environ.get("DATABASE_URL", given["DATABASE_URL"])

    checked = subprocess.run(
        [sys.executable, "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_incomplete_production_process_ends_with_one_readable_line():
    started = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SAMTALEFLOW_MODE": "production"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode != 0
    assert started.stderr.startswith("These variables are not set: DATABASE_URL, REDIS_URL")
    assert started.stderr.count("\n") == 1


def test_the_owner_of_the_tables_is_another_role_on_the_same_database(environ):
    given = production()
    environ(**given, MIGRATE_DATABASE_URL=given["DATABASE_URL"].replace("samtaleflow:", "owner:"))
    assert env.read().owner_database["USER"] == "owner"

    # One role for all, as a developer's own server may have.
    environ(**given, MIGRATE_DATABASE_URL=given["DATABASE_URL"])
    assert env.read().owner_database is None
    environ(**given)
    assert env.read().owner_database is None

    environ(**given, MIGRATE_DATABASE_URL="postgres://owner:pass@database.example.dk/other")
    with pytest.raises(env.EnvironmentIncomplete, match="MIGRATE_DATABASE_URL leads to the database 'other'"):
        env.read()


def test_the_data_of_make_run_have_an_owner_without_being_told(environ):
    environ()

    read = env.read()
    assert (read.owner_database["USER"], read.database["USER"]) == ("samtaleflow", "samtaleflow_app")


def test_a_production_demands_a_second_step_unless_it_is_told_otherwise(environ):
    environ(**production())
    assert env.read().demands_second_step
    environ(**production(), SECOND_STEP="off")
    assert not env.read().demands_second_step
    environ()
    assert not env.read().demands_second_step


OIDC = {
    "OIDC_ISSUER": "https://log-ind.example.dk",
    "OIDC_CLIENT_ID": "samtaleflow",
    "OIDC_CLIENT_SECRET": "en-hemmelighed",
    "OIDC_ASSURANCE": "betydelig,hoej",
}


def test_the_organisations_own_log_in_is_read_whole_or_not_at_all(environ):
    environ(**production())
    assert env.read().provider is None

    environ(**production(), **OIDC)
    provider = env.read().provider
    assert (provider.issuer, provider.assurance) == ("https://log-ind.example.dk", ("betydelig", "hoej"))
    assert (provider.user_claim, provider.organisation_claim) == ("preferred_username", "cvr")

    environ(**production(), **{name: value for name, value in OIDC.items() if name != "OIDC_ASSURANCE"})
    with pytest.raises(env.EnvironmentIncomplete, match="also needs OIDC_ASSURANCE"):
        env.read()
    environ(**production(), **OIDC | {"OIDC_ISSUER": "http://log-ind.example.dk"})
    with pytest.raises(env.EnvironmentIncomplete, match="with https://"):
        env.read()
