"""A process whose CPR keys are not those of its database does no work on it, and says in one sentence which."""

import pytest
from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection

from cases.models import KeyCheck
from cases.operation import keys
from config.env import Key

ENCRYPTION, INDEX = Key("test", b"an encryption key of 32 letters."), Key("test", b"an index key of 32 letters here.")
RINGS = ("CPR_ENCRYPTION_KEYS", "CPR_INDEX_KEYS")


@pytest.fixture(autouse=True)
def known(db):
    """As the migration leaves the table; a test that commits leaves it empty."""
    KeyCheck.objects.all().delete()
    keys.write_first(apps=apps, using="default")


@pytest.fixture
def swapped(settings):
    settings.CPR_ENCRYPTION_KEYS, settings.CPR_INDEX_KEYS = settings.CPR_INDEX_KEYS, settings.CPR_ENCRYPTION_KEYS


def test_a_migrated_database_knows_its_keys_and_keeps_no_key():
    written = dict(KeyCheck.objects.values_list("name", "value"))

    assert sorted(written) == ["CPR_ENCRYPTION_KEY:test", "CPR_INDEX_KEY:test"]
    assert not {getattr(settings, ring)[0].secret.hex() for ring in RINGS} & set(written.values())
    assert run_checks(databases=["default"], tags=["database"]) == []


def test_swapped_keys_are_said_to_be_swapped(swapped):
    found = run_checks(databases=["default"], tags=["database"])

    assert [one.msg for one in found] == [
        "CPR_ENCRYPTION_KEY and CPR_INDEX_KEY are swapped: give each the other's value."
    ]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        pytest.param({"CPR_ENCRYPTION_KEY": ENCRYPTION}, "CPR_ENCRYPTION_KEY:test: the CPR", id="encryption"),
        pytest.param({"CPR_INDEX_KEY": INDEX}, "CPR_INDEX_KEY:test: the CPR", id="index"),
        pytest.param(
            {"CPR_ENCRYPTION_KEY": ENCRYPTION, "CPR_INDEX_KEY": INDEX},
            "CPR_ENCRYPTION_KEY:test and CPR_INDEX_KEY:test: ",
            id="both",
        ),
    ],
)
def test_a_changed_key_is_named(changed, named, settings):
    for name, key in changed.items():
        setattr(settings, f"{name}S", (key,))

    with pytest.raises(keys.KeysDiffer, match=named):
        keys.require_at_start()


def test_nothing_is_asked_over_a_connection_whose_keys_differ(settings):
    settings.CPR_INDEX_KEYS = (INDEX,)
    new = connection.copy()

    with pytest.raises(keys.KeysDiffer, match="CPR_INDEX_KEY"):
        new.ensure_connection()
    assert new.connection is None


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("CPR_ENCRYPTION_KEY", "CPR_ENCRYPTION_KEY does not read"),
        ("CPR_INDEX_KEY", "CPR_INDEX_KEY does not find"),
    ],
)
def test_a_database_with_numbers_takes_no_other_keys_for_its_own(case, name, sentence, settings):
    KeyCheck.objects.all().delete()
    setattr(settings, f"{name}S", (ENCRYPTION,))

    with pytest.raises(keys.KeysDiffer, match=sentence):
        keys.write_first(apps=apps, using="default")
    assert not KeyCheck.objects.exists()


def test_the_keys_that_read_what_is_there_are_written_down(case):
    KeyCheck.objects.all().delete()

    keys.write_first(apps=apps, using="default")

    assert KeyCheck.objects.count() == 2
