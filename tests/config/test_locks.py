"""The lists of packages name all that is installed, so that no installer has to look for anything else."""

from config.local import CHECKOUT
from config.local.locks import gaps_in, main
from config.local.setup import LOCKS


def test_our_own_lists_are_closed(capsys):
    assert main([]) == 0, capsys.readouterr().err


def test_a_package_asked_for_with_an_extra_is_locked_with_it(tmp_path):
    # pip before 24 takes the newest release for "coverage[toml]" where the list says "coverage" alone.
    shorn = tmp_path / "requirements.txt"
    shorn.write_text("".join((CHECKOUT / name).read_text() for name in LOCKS).replace("coverage[toml]", "coverage"))

    gaps = set(gaps_in([shorn]))

    assert len(gaps) == 1
    assert gaps.pop().startswith("pytest-cov asks for coverage[toml]")


def test_a_package_that_is_missing_is_named(tmp_path):
    shorn = tmp_path / "requirements.txt"
    shorn.write_text((CHECKOUT / LOCKS[0]).read_text().replace("\nkombu==", "\nkomet=="))

    assert any(gap.startswith("celery asks for kombu") for gap in gaps_in([shorn]))
