"""The mutation run: what it changes, and whom it asks first."""

from pathlib import Path

from tests import mutants

SOURCE = """
@atomic
def register(at: datetime | None, *, days: int = 3) -> None:
    if at < begins:
        raise NotYet("Samtalen er ikke begyndt endnu.")
"""


def test_what_is_decorated_is_changed_and_what_is_said_of_types_or_in_words_is_not(tmp_path):
    place = tmp_path / "outcomes.py"
    place.write_text(SOURCE)

    changes = {str(mutant).partition("\n")[2] for mutant in mutants.mutants_of(place)}

    assert changes == {
        "-    if at < begins:\n+    if at <= begins:",
        "-def register(at: datetime | None, *, days: int = 3) -> None:\n"
        "+def register(at: datetime | None, *, days: int = 4) -> None:",
        '-        raise NotYet("Samtalen er ikke begyndt endnu.")\n+        raise NotYet(None)',
    }


def test_what_decides_in_each_app_is_changed_and_no_page_or_test():
    apps = {path.parts[0] for path in mutants.targets()}

    assert apps == {"cases", "meetings", "referrals"}


def test_the_tests_that_name_the_module_are_asked_first():
    reach = next(path for path in mutants.targets() if path.stem == "affected_cases")

    assert "test_affected_cases.py" in {Path(name).name for name in mutants.nearest(next(mutants.mutants_of(reach)))}
