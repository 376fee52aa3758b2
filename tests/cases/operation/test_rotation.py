"""The keys are changed while everybody goes on working: in portions, killed and gone on with, and nothing is lost."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.citizen.services import update_citizen
from cases.imports import reading as imports_reading
from cases.joining import services as joining_services
from cases.models import Case, Citizen, CitizenNumber, ImportRow, KeyCheck, UnsavedForm
from cases.models.cases import CloseReason
from cases.numbers import services as numbers_services
from cases.operation import keys, rotation
from cases.people import cpr, encryption
from cases.unsaved import services as unsaved_services
from cases.unsaved.services import Typed
from config.env import Key
from meetings.calendar_links import services as calendar_services
from meetings.models import BusyCalendar
from tests import factories
from tests.cases.imports.files import TODAY, csv_bytes, line, preview
from tests.cases.intake.test_intake import typed_case

OLD = (Key("", b"the first encryption key, 32 let"), Key("", b"the first key of indexes, 32 let"))
NEW = (Key("2", b"a newer encryption key 32 letter"), Key("2", b"a newer key of indexes 32 letter"))
REAL = cpr.read("120385-4444", today=TODAY)


@pytest.fixture
def use(settings):
    """Start with these keys, each ring with its newest first."""

    def use(*pairs):
        settings.CPR_ENCRYPTION_KEYS, settings.CPR_INDEX_KEYS = zip(*pairs, strict=True)

    return use


@pytest.fixture
def old(db, use):
    """An installation of the time before there were rings."""
    use(OLD)
    KeyCheck.objects.all().delete()
    keys.write_first(apps=apps, using="default")


@pytest.fixture
def written(old, office, now):
    """One of each that is sealed, and what it says."""
    case = factories.case(office, citizen=factories.citizen_details(number=cpr.read("720385-0001", today=TODAY)))
    change = {"number": REAL, "on": date(2026, 5, 1), "is_slip": False, "reason": "Sundhedskort"}
    numbers_services.change_number(case_id=case.pk, version=case.version, by=office.adviser, at=now, **change)
    factories.case(office)
    typed = Typed(fields={"note": ["Ærø"]})
    unsaved_services.keep(page="/x/", action="/x/", typed=typed, was_sent=False, by=office.adviser, at=now)
    calendar_services.keep_address(user=office.adviser, address="https://kalender.example.dk/a", login="anne:hemmelig")
    preview(office, csv_bytes([line(office)]), now=now)
    return said()


def said():
    calendar = BusyCalendar.objects.get()
    return [
        [one.cpr_number for one in Citizen.objects.order_by("pk")],
        [one.number for one in CitizenNumber.objects.order_by("pk")],
        unsaved_services.typed_in(UnsavedForm.objects.get()),
        [calendar.address, calendar.login],
        [imports_reading.cells_of(row) for row in ImportRow.objects.order_by("pk")],
    ]


def rotate(*arguments):
    out = StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


def heads():
    """By which key each sealed value says that it was written."""
    columns = [(Citizen, "cpr_encrypted"), (CitizenNumber, "cpr_encrypted"), *rotation.columns()]
    values = (value for model, column in columns for value in model.objects.values_list(column, flat=True))
    return {bytes(value)[:6] for value in values if value}


def test_every_sealed_column_is_known():
    sealed = {f"{model.__name__}.{column}" for model, column in rotation.columns()}

    assert sealed == {
        "AuthenticatorApp.secret_encrypted",
        "UnsavedForm.typed_encrypted",
        "ImportRow.content_encrypted",
        "BusyCalendar.address_encrypted",
        "BusyCalendar.login_encrypted",
    }


def test_the_keys_are_changed_as_the_page_of_operation_says(written, use):
    use(OLD)
    use(*[OLD, NEW])
    assert rotate("--add") == "Kan skrive nu: CPR_ENCRYPTION_KEY:2 og CPR_INDEX_KEY:2.\n"
    assert said() == written
    use(NEW, OLD)
    assert said() == written

    assert "Alt er skrevet med de nyeste nøgler." in rotate()

    use(NEW)
    keys.require_at_start()
    assert said() == written
    assert heads() == {b"sf1:2:"}
    assert all(one.cpr_index == cpr.index(one.number) for one in CitizenNumber.objects.all())
    assert Citizen.objects.with_cpr(REAL).get().has_now(REAL)
    assert rotation.left() == 0


def test_a_key_that_is_not_let_in_does_not_write(old, use):
    use(NEW, OLD)

    with pytest.raises(keys.KeysDiffer, match="CPR_ENCRYPTION_KEY:2 is new to this database"):
        keys.require_at_start()


def test_who_does_not_know_the_new_key_does_not_start(old, use):
    use(OLD, NEW)
    rotate("--add")
    use(OLD)

    with pytest.raises(keys.KeysDiffer, match="CPR_ENCRYPTION_KEY:2 and CPR_INDEX_KEY:2"):
        keys.require_at_start()


def test_an_old_key_is_not_taken_away_while_something_is_left_of_it(written, use):
    use(OLD, NEW)
    rotate("--add")
    use(NEW)

    with pytest.raises(keys.KeysDiffer, match="CPR_ENCRYPTION_KEY and CPR_INDEX_KEY: the CPR"):
        keys.require_at_start()


@pytest.fixture
def rotating(written, use):
    use(OLD, NEW)
    rotate("--add")
    use(NEW, OLD)
    return written


def test_a_citizen_written_with_the_old_key_is_found_and_not_made_twice(rotating, office, log_in, now):
    before = Citizen.objects.count()
    page = log_in(office.adviser).post("/sager/ny/", typed_case(office, cpr_number=str(REAL)))

    assert "har allerede en åben sag" in page.content.decode()
    assert Citizen.objects.count() == before
    assert CitizenNumber.objects.holders([REAL]) == {cpr.index(REAL): Citizen.objects.with_cpr(REAL).get().pk}


def test_who_is_killed_goes_on_where_it_stopped(rotating, monkeypatch):
    monkeypatch.setattr(rotation, "PORTION", 1)
    portions = rotation.portions()
    next(portions)
    portions.close()
    total = rotation.left()

    assert said() == rotating
    assert heads() > {b"sf1:2:"}
    assert total > 0
    rotate()
    assert (said(), heads(), rotation.left()) == (rotating, {b"sf1:2:"}, 0)


def test_a_portion_that_is_stopped_in_its_middle_changes_nothing(rotating, monkeypatch):
    def stopped(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(Citizen.objects), "bulk_update", stopped)
    before = list(CitizenNumber.objects.order_by("pk").values_list("cpr_index", flat=True))
    with pytest.raises(KeyboardInterrupt):
        rotate()

    assert list(CitizenNumber.objects.order_by("pk").values_list("cpr_index", flat=True)) == before


def test_joined_records_are_written_anew_and_can_still_be_told_apart(rotating, office, now):
    kept = Citizen.objects.with_cpr(REAL).get().cases.get()
    other = Citizen.objects.exclude(pk=kept.citizen_id).get().cases.get()
    mistake = {"status": "closed", "closed_on": date(2026, 5, 1), "close_reason": CloseReason.MISTAKE}
    Case.objects.filter(pk=other.pk).update(**mistake)
    done = joining_services.join(
        case_id=kept.pk, other_id=other.pk, version=kept.version, takes_number=False, takes_name=False,
        takes_contact=False, reason="Samme", by=office.adviser, at=now,
    )  # fmt: skip
    rotate()

    joining_services.separate(join_id=done.pk, reason="Ikke samme", by=office.adviser, at=now + timedelta(hours=1))
    for citizen in Citizen.objects.all():
        assert citizen.numbers.filter(cpr_index=citizen.cpr_index, withdrawn_at=None).exists()
    assert rotation.left() == 0


def test_what_cannot_be_read_is_named_and_keeps_its_key(rotating, capsys):
    row = ImportRow.objects.get()
    ImportRow.objects.filter(pk=row.pk).update(content_encrypted=b"changed from outside")

    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("rotate_keys", stdout=out)

    assert ended.value.code == 1
    assert f"cases_importrow {row.pk} kan ikke skrives" in out.getvalue()
    assert "1 række er tilbage" in out.getvalue()
    assert KeyCheck.objects.filter(name="CPR_ENCRYPTION_KEY").exists()


def test_two_citizens_of_one_number_are_named(rotating, use):
    twin = Citizen(name="Anne Prøve")
    twin.set_cpr(REAL)
    twin.save()

    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("rotate_keys", stdout=out)

    first = Citizen.objects.with_cpr(REAL).order_by("pk").first()
    assert f"cases_citizen {first.pk} kan ikke skrives" in out.getvalue()
    assert twin.pk != first.pk


def test_a_key_without_an_id_is_changed_for_one_with(old, use):
    with pytest.raises(Exception, match="CPR_ENCRYPTION_KEY står uden navn"):
        rotate()


def test_a_form_of_the_citizen_that_waited_for_a_portion_does_not_write_the_number_back(office, now):
    case = factories.case(office)

    with CaptureQueriesContext(connection) as asked:
        update_citizen(case_id=case.pk, changes={"name": "Anne Andensen"}, by=office.adviser, at=now)

    (saved,) = [one["sql"] for one in asked if one["sql"].startswith('UPDATE "cases_citizen"')]
    assert "Anne Andensen" in saved
    assert "cpr" not in saved


# What is sealed belongs to its place


def swap(model, column):
    """Give two rows each other's sealed value, as somebody could who writes in the database."""
    first, second = model.objects.order_by("pk")[:2]
    for row, other in ((first, second), (second, first)):
        model.objects.filter(pk=row.pk).update(**{column: getattr(other, column)})
    return model.objects.order_by("pk").first()


def test_the_number_of_another_is_refused(office, db):
    factories.case(office)
    factories.case(office)

    with pytest.raises(encryption.CannotBeRead):
        _ = swap(Citizen, "cpr_encrypted").cpr_number


def test_the_numbers_of_two_change_places_with_their_indexes_neither(office, db):
    one, other = factories.case(office).citizen, factories.case(office).citizen

    with connection.cursor() as cursor, pytest.raises(Exception, match="belongs to another citizen"):
        cursor.execute(
            "UPDATE cases_citizen SET (cpr_index, cpr_encrypted) ="
            " (SELECT cpr_index, cpr_encrypted FROM cases_citizen WHERE id = %s) WHERE id = %s",
            [other.pk, one.pk],
        )


def test_the_draft_of_another_is_refused(office, now):
    typed = Typed(fields={"note": ["Ærø"]})
    for user in (office.adviser, office.leader):
        unsaved_services.keep(page="/x/", action="/x/", typed=typed, was_sent=False, by=user, at=now)

    with pytest.raises(encryption.CannotBeRead):
        unsaved_services.typed_in(swap(UnsavedForm, "typed_encrypted"))


def test_the_row_of_another_import_is_refused(office, now):
    for _ in range(2):
        preview(office, csv_bytes([line(office)]), now=now)

    with pytest.raises(encryption.CannotBeRead):
        imports_reading.cells_of(swap(ImportRow, "content_encrypted"))


def test_the_password_of_a_calendar_is_not_read_as_its_address(office):
    calendar_services.keep_address(user=office.adviser, address="https://kalender.example.dk/a", login="anne:hemmelig")
    kept = BusyCalendar.objects.get()
    kept.address_encrypted = kept.login_encrypted

    with pytest.raises(encryption.CannotBeRead):
        _ = kept.address


def test_a_value_says_nothing_of_itself_when_it_is_refused(office):
    sealed = encryption.seal(json.dumps({"note": "Ærø"}), of="a form")

    with pytest.raises(encryption.CannotBeRead) as refused:
        encryption.unseal(sealed, of="another form")
    assert "form" not in str(refused.value)
