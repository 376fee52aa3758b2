import pytest
from django.core.management import CommandError

from config.local import prepare


def test_a_database_older_than_the_files_of_the_acts_is_told_of_in_one_line(monkeypatch, tmp_path):
    def call(name, **options):
        if name == "load_acts":
            raise CommandError("a: the file and the database differ (title).")

    monkeypatch.setattr(prepare, "call_command", call)
    monkeypatch.setattr(prepare.django, "setup", lambda: None)

    with pytest.raises(SystemExit) as raised:
        prepare.main(str(tmp_path / "log-ins.txt"))

    assert str(raised.value) == (
        "a: the file and the database differ (title). On a development machine start afresh, as "
        "docs/development.md says."
    )
