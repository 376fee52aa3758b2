"""Whose packages production stands on: each with a licence that may be used, and each in the list of materials."""

import json

import pytest

from tests import supply
from tests.supply import Package


def of(licence):
    return Package("pypi", "example", "1.0", licence)


def test_every_package_has_a_licence_that_may_be_used():
    found = supply.packages()

    assert {"django", "cryptography", "dkfds"} <= {one.name for one in found}
    assert supply.refused(found) == []


@pytest.mark.parametrize(
    ("licence", "why"),
    [
        ("AGPL-3.0-only", "AGPL-3.0-only is not allowed"),
        ("MIT AND AGPL-3.0-or-later", "AGPL-3.0-or-later is not allowed"),
        ("GPL-3.0-only", "GPL-3.0-only is not allowed"),
        ("Dual License", "is unknown"),
        ("", "names no licence"),
    ],
)
def test_another_licence_and_none_are_refused(licence, why):
    (refused,) = supply.refused([of(licence), of("MIT"), of("Apache-2.0 OR BSD-3-Clause")])

    assert refused.startswith("example 1.0: ")
    assert why in refused


def test_the_list_of_materials_has_every_package_with_its_hashes_and_licence():
    found = supply.packages()
    bill = json.loads(supply.bill(found))

    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    named = {one["purl"]: one for one in bill["components"]}
    assert len(named) == len(found)
    django = next(one for purl, one in named.items() if purl.startswith("pkg:pypi/django@"))
    assert django["licenses"] == [{"license": {"id": "BSD-3-Clause"}}]
    assert all(one.hashes for one in found if one.kind == "pypi")
    assert all(one.get("hashes") for purl, one in named.items() if purl.startswith("pkg:pypi/"))


def test_what_is_known_and_what_nobody_knows_are_told_apart():
    answer = {
        "dependencies": [
            {"name": "old", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]},
            {"name": "good", "version": "2.0", "vulns": []},
            {"name": "away", "skip_reason": "Dependency not found"},
        ]
    }

    assert supply.weaknesses(answer) == (["old 1.0: PYSEC-1, mended in 1.1"], ["away"])
