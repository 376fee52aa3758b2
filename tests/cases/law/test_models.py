"""Acts in the database: what is law never changes, a draft is no law, and the latest published counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from cases.law import services as law_services
from cases.law import shipped_acts
from cases.models import Act, ActValue, ActWithdrawal, Role
from cases.rules.declaring import REGISTRY, CaseDates
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from cases.rules.rule_book import LegalValue, NotInForce
from meetings.law.loading import PublishedActDiffers, load
from meetings.models import MeetingRule
from meetings.planning.law import law_in_force
from tests import factories

# The shipped acts are published when they are loaded: before what these tests publish.
pytestmark = pytest.mark.usefixtures("now")

NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
KEY = FUND_RESPONSIBLE_MONTHS.key


@pytest.fixture
def people(db):
    """Two administrators."""
    return [
        factories.user(organisation=None, role=Role.ADMINISTRATOR, username=name, is_staff=True)
        for name in ("first", "second")
    ]


def draft(by, *, in_force_on=date(2024, 1, 1), months="4", **fields):
    act = law_services.create_draft(
        **{"title": "Prøve", "reference": "Lov nr. 1", "in_force_on": in_force_on, "by": by, **fields}
    )
    if months is not None:
        ActValue.objects.update_or_create(act=act, key=KEY, defaults={"text": months, "legal_basis": "§ 1"})
    if months in ("4", "5"):
        # A table that fits: law may not contradict itself.
        for order, (responsible, first, last) in enumerate([("fund", 1, months), ("municipality", int(months) + 1, 6)]):
            MeetingRule.objects.create(
                act=act,
                order=order,
                kind="contact_interview",
                responsible=responsible,
                number=3,
                from_month=first,
                to_month=last,
                legal_basis="§ 1",
            )
    return act


def publish(act, *, by, at=NOON, reason="Kontrolleret af en jurist.", **fields):
    fields = {"is_day_confirmed": True, **fields}
    return law_services.publish(act_id=act.pk, reason=reason, by=by, at=at, **fields)


def months_on(day):
    return Act.objects.rule_book().in_force(FUND_RESPONSIBLE_MONTHS, CaseDates(course_start=day)).value


# Loading what we ship


def test_every_shipped_act_is_loaded_with_its_values_and_rows(law):
    for one in shipped_acts.read_acts():
        act = Act.objects.get(slug=one.act.slug)
        assert act.is_draft == one.act.is_draft
        assert act.as_fact().values == one.act.values
        assert act.published_at == one.act.published_at
        assert act.meeting_rules.count() == len(one.rows)


def test_the_database_gives_the_law_that_the_files_give(law):
    shipped = shipped_acts.rule_book(shipped_acts.read_acts())
    stored = law_in_force()

    assert stored.book.fingerprint == shipped.fingerprint
    assert {slug: len(rows) for slug, rows in stored.table.rows_by_act.items()} == {
        "a-foer-anden-delaftale": 6,
        "c-anden-delaftale-2": 2,
    }


def test_loading_again_changes_nothing(law):
    before = list(Act.objects.order_by("pk").values())

    assert load(shipped_acts.read_acts(), at=NOON) == []

    assert list(Act.objects.order_by("pk").values()) == before


def test_a_draft_that_an_administrator_changed_is_left(law, people):
    act = Act.objects.get(slug__startswith="e-")
    act.values.all().delete()

    call_command("load_acts", verbosity=0)

    assert act.values.count() == 0


def test_a_draft_of_the_files_that_is_law_by_now_is_left(law, people):
    act = Act.objects.get(slug__startswith="d-")
    law_services.wrote(act=act, by=people[1])
    publish(act, by=people[0])

    assert load(shipped_acts.read_acts(), at=NOON) == []


def test_what_a_file_says_of_running_courses_is_stored(law):
    one = shipped_acts.read_acts()[-1]
    moving = replace(one, act=replace(one.act, slug="x-flytter", moves_running_courses=True))

    load([moving], at=NOON)

    assert [act.slug for act in Act.objects.filter(running_courses="move")] == ["x-flytter"]
    assert Act.objects.get(slug="x-flytter").as_fact().moves_running_courses


@pytest.mark.parametrize("part", ["title", "value", "table", "running courses"])
def test_a_changed_file_of_a_published_act_is_refused_in_one_line(law, part):
    shipped = list(shipped_acts.read_acts())
    position = next(number for number, one in enumerate(shipped) if one.act.slug.startswith("c-"))
    one = shipped[position]
    if part == "title":
        shipped[position] = replace(one, act=replace(one.act, title="Noget andet"))
    elif part == "running courses":
        shipped[position] = replace(one, act=replace(one.act, moves_running_courses=True))
    elif part == "value":
        values = {**one.act.values, KEY: LegalValue(text="4", legal_basis="§ 1")}
        shipped[position] = replace(one, act=replace(one.act, values=values))
    else:
        shipped[position] = replace(one, rows=one.rows[:1])

    with pytest.raises(PublishedActDiffers, match="A published act never changes; write a new act"):
        load(shipped, at=NOON)


def test_an_act_that_has_grown_since_names_three_values_and_how_many_more(law):
    shipped = [
        replace(one, act=replace(one.act, values={})) if one.act.letter == "a" else one
        for one in shipped_acts.read_acts()
    ]

    with pytest.raises(PublishedActDiffers, match=r"differ \(cases\.\w+, cases\.\w+, cases\.\w+ and \d+ more\)"):
        load(shipped, at=NOON)


def test_the_command_says_what_is_wrong_with_a_file(db, monkeypatch):
    def broken():
        raise shipped_acts.BadLawFile("a.toml: title mangler.")

    monkeypatch.setattr("referrals.management.commands.load_acts.read_acts", broken)

    with pytest.raises(CommandError, match=r"a\.toml: title mangler"):
        call_command("load_acts", verbosity=0)


def test_the_command_names_what_it_added(no_law, capsys):
    call_command("load_acts")

    assert "c-anden-delaftale-2: offentliggjort, i kraft fra 01-01-2024" in capsys.readouterr().out


# A withdrawal is made once, before the day, and stands

WITHDRAW = "INSERT INTO cases_actwithdrawal (act_id, at, by_id, reason) VALUES (%s, %s, %s, %s)"


@pytest.fixture
def to_come(law, people):
    """A published act that comes into force on 1 June 2026."""
    return publish(draft(people[0], in_force_on=date(2026, 6, 1)), by=people[1])


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    ("at", "is_refused"),
    [
        pytest.param(datetime(2026, 5, 31, 21, 59, tzinfo=UTC), False, id="a minute before the day in Copenhagen"),
        pytest.param(datetime(2026, 5, 31, 22, 0, tzinfo=UTC), True, id="the day has begun in Copenhagen"),
        pytest.param(datetime(2027, 1, 1, tzinfo=UTC), True, id="long after"),
    ],
)
def test_sql_cannot_withdraw_an_act_whose_day_has_come(to_come, people, at, is_refused):
    if is_refused:
        with pytest.raises(DatabaseError):
            sql(WITHDRAW, to_come.pk, at, people[0].pk, "Fortrudt.")
    else:
        sql(WITHDRAW, to_come.pk, at, people[0].pk, "Fortrudt.")

    assert Act.objects.published().filter(pk=to_come.pk).exists() == is_refused


def test_sql_cannot_withdraw_a_draft(law, people):
    with pytest.raises(DatabaseError):
        sql(WITHDRAW, draft(people[0], in_force_on=date(2026, 6, 1)).pk, NOON, people[0].pk, "Fortrudt.")


def test_a_withdrawal_needs_a_reason(to_come, people):
    with pytest.raises(IntegrityError):
        sql(WITHDRAW, to_come.pk, NOON, people[0].pk, "  ")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_actwithdrawal SET reason = 'x' WHERE act_id = %s",
        "DELETE FROM cases_actwithdrawal WHERE act_id = %s",
        "UPDATE cases_act SET title = 'x' WHERE id = %s",
    ],
)
def test_a_withdrawal_stands_and_its_act_is_as_fixed_as_before(to_come, people, statement):
    withdrawal = ActWithdrawal.objects.create(act=to_come, at=NOON, by=people[0], reason="Fortrudt.")

    with pytest.raises(DatabaseError):
        sql(statement, to_come.pk)
    for change in (withdrawal.delete, lambda: ActWithdrawal.objects.update(reason="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_an_act_is_withdrawn_once(to_come, people):
    sql(WITHDRAW, to_come.pk, NOON, people[0].pk, "Fortrudt.")

    with pytest.raises(IntegrityError):
        sql(WITHDRAW, to_come.pk, NOON, people[0].pk, "Igen.")


# A published act is fixed

CHANGES = {
    "the title": "UPDATE cases_act SET title = 'x' WHERE id = %s",
    "the day in force": "UPDATE cases_act SET in_force_on = '2025-01-01' WHERE id = %s",
    "back to draft": "UPDATE cases_act SET status = 'draft', published_at = NULL WHERE id = %s",
    "the act away": "DELETE FROM cases_act WHERE id = %s",
    "a value": "UPDATE cases_actvalue SET text = '12' WHERE act_id = %s",
    "a value away": "DELETE FROM cases_actvalue WHERE act_id = %s",
    "one value more": "INSERT INTO cases_actvalue (act_id, key, text, legal_basis, certainty, note)"
    " VALUES (%s, 'cases.new', '1', '§', '', '')",
    "a row": "UPDATE meetings_meetingrule SET number = 9 WHERE act_id = %s",
    "a row away": "DELETE FROM meetings_meetingrule WHERE act_id = %s",
    "one row more": 'INSERT INTO meetings_meetingrule (act_id, "order", kind, responsible, number, from_month,'
    " to_month, legal_basis, certainty) VALUES (%s, 9, 'contact_interview', 'fund', 1, 1, 1, '§', '')",
}


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_sql_cannot_change_a_published_act(law, statement):
    act = Act.objects.get(slug__startswith="c-")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [act.pk])


def test_the_orm_cannot_change_a_published_act(law):
    act = Act.objects.get(slug__startswith="c-")
    value = act.values.first()
    refused = [
        act.save,
        act.delete,
        value.save,
        value.delete,
        lambda: Act.objects.filter(pk=act.pk).update(note="x"),
        lambda: act.values.update(text="9"),
        lambda: act.meeting_rules.all().delete(),
        lambda: ActValue.objects.bulk_create([ActValue(act=act, key="cases.new", legal_basis="§")]),
        lambda: MeetingRule.objects.bulk_update(
            [MeetingRule(pk=rule.pk, act=act, number=9) for rule in act.meeting_rules.all()], ["number"]
        ),
    ]

    for change in refused:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_value_cannot_be_moved_into_a_published_act(law, people):
    value = draft(people[0]).values.get()
    value.act = Act.objects.get(slug__startswith="b-")

    with pytest.raises(DatabaseError), transaction.atomic():
        value.save()


# What is in force


def test_a_draft_is_no_law(law, people):
    draft(people[0], months="9")

    assert months_on(date(2024, 6, 1)) == 3
    assert all(not act.is_draft for act in Act.objects.rule_book().acts)


def test_a_draft_counts_in_a_simulation_of_it_and_nowhere_else(law, people):
    act = draft(people[0], months="9")

    simulated = Act.objects.rule_book(draft=act.slug)

    assert simulated.in_force(FUND_RESPONSIBLE_MONTHS, CaseDates(course_start=date(2024, 6, 1))).value == 9
    assert months_on(date(2024, 6, 1)) == 3


def test_a_simulation_of_something_that_is_no_draft_is_refused(law):
    with pytest.raises(Act.DoesNotExist):
        Act.objects.rule_book(draft="c-anden-delaftale-2")


def test_of_two_acts_of_the_same_day_the_one_published_last_counts(law, people):
    first, second = draft(people[0], months="4"), draft(people[0], months="5")

    publish(second, by=people[1], at=NOON)
    publish(first, by=people[1], at=NOON + timedelta(hours=1))

    assert months_on(date(2024, 1, 1)) == 4
    assert months_on(date(2023, 12, 31)) == 0


def test_a_day_before_the_first_act_has_no_law(law):
    with pytest.raises(NotInForce, match=r"31\. december 2019.*cases\.fund_responsible_months"):
        months_on(date(2019, 12, 31))


def test_every_parameter_that_a_rule_declares_has_a_value_today(law):
    book = Act.objects.rule_book()
    today = date(2026, 11, 22)
    dates = CaseDates(course_start=today, event=today, decision=today, payout=today)

    for parameter in REGISTRY.values():
        book.in_force(parameter, dates)


# Values that a rule can read


def test_a_key_that_no_rule_declares_is_refused():
    with pytest.raises(ValidationError, match="Ingen regel læser »cases.unknown«"):
        ActValue(key="cases.unknown", text="1").clean()


def test_a_text_that_the_rule_cannot_read_is_refused():
    with pytest.raises(ValidationError, match="ikke et helt tal"):
        ActValue(key=KEY, text="tre").clean()


# Publishing


def test_a_second_person_publishes_with_a_reason(law, people):
    act = publish(draft(people[0], months="4"), by=people[1], reason="  Efter møde 4. maj. ")

    act.refresh_from_db()
    assert (act.status, act.published_by, act.published_at) == ("published", people[1], NOON)
    assert act.publish_reason == "Efter møde 4. maj."
    assert months_on(date(2024, 6, 1)) == 4


def test_the_one_who_wrote_it_does_not_publish_it(law, people):
    act = draft(people[0])

    with pytest.raises(law_services.SamePerson, match="Bed en anden administrator"):
        publish(act, by=people[0])

    act.refresh_from_db()
    assert act.is_draft


def test_the_database_refuses_it_too(law, people):
    act = draft(people[0])

    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.filter(pk=act.pk).update(status="published", published_at=NOON, published_by=people[0])


def test_a_reason_is_demanded(law, people):
    with pytest.raises(law_services.ReasonMissing):
        publish(draft(people[0]), by=people[1], reason="   ")


def test_what_is_law_is_not_published_again(law, people):
    with pytest.raises(law_services.AlreadyPublished, match="skriv en ny lov med samme ikrafttrædelse"):
        publish(Act.objects.get(slug__startswith="c-"), by=people[1])


@pytest.mark.parametrize(
    ("in_force_on", "must_be_confirmed"),
    [
        pytest.param(date(2028, 5, 4), False, id="two years to the day"),
        pytest.param(date(2028, 5, 5), True, id="a day more"),
    ],
)
def test_a_day_far_ahead_must_be_confirmed(law, people, in_force_on, must_be_confirmed):
    act = draft(people[0], in_force_on=in_force_on)

    if must_be_confirmed:
        with pytest.raises(law_services.FarDate, match="Sæt kryds, hvis datoen er rigtig"):
            publish(act, by=people[1], is_day_confirmed=False)
    publish(act, by=people[1], is_day_confirmed=must_be_confirmed)

    act.refresh_from_db()
    assert not act.is_draft


def test_a_value_that_no_rule_can_read_is_not_published(law, people):
    act = draft(people[0], months="tre")

    with pytest.raises(law_services.UnreadableValue, match=r"cases\.fund_responsible_months"):
        publish(act, by=people[1])


# Drafts


def test_a_correction_begins_with_the_value_in_force(law, people):
    act = draft(people[0], in_force_on=date(2024, 6, 1), months=None, corrects=KEY)

    value = act.values.get()
    assert (value.key, value.text) == (KEY, "3")
    assert value.legal_basis == law_services.value_in_force(key=KEY, on=date(2024, 6, 1)).legal_basis


def test_nothing_is_corrected_that_no_act_sets(law, people):
    with pytest.raises(KeyError):
        draft(people[0], in_force_on=date(2019, 6, 1), months=None, corrects=KEY)


def test_two_drafts_of_one_title_and_day_have_names_of_their_own(law, people):
    title = "Ændring: måneder før åbning " + "x" * 60
    acts = [draft(people[0], title=title, reference=f"Lov nr. {number}", months=None) for number in range(3)]

    assert len({act.slug for act in acts}) == 3
    assert all(len(act.slug) <= 60 and act.slug.startswith("aendring-maaneder-foer-aabning") for act in acts)
