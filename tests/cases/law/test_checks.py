"""A draft in the database: how it begins, and what is said of it before it becomes law."""

from datetime import UTC, date, datetime

import pytest

from cases.law import checks as law_checks
from cases.law import services as law_services
from cases.models import Act, ActValue, Role
from cases.rules.parameters import COMPLAINT_WEEKS, FUND_RESPONSIBLE_MONTHS
from meetings.rules.parameters import CHANNELS
from tests import factories

pytestmark = pytest.mark.usefixtures("law")

TODAY = date(2026, 5, 4)
NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


@pytest.fixture
def people(now):
    return [
        factories.user(organisation=None, role=Role.ADMINISTRATOR, username=name, is_staff=True)
        for name in ("first", "second")
    ]


def draft(by, *, in_force_on=date(2026, 6, 1), values=(), **fields):
    act = law_services.create_draft(
        title="Prøve", **{"reference": "Lov nr. 1", "in_force_on": in_force_on, "by": by, **fields}
    )
    for parameter, text in values:
        ActValue.objects.create(act=act, key=parameter.key, text=text, legal_basis="§ 1")
    return act


def said(act, *, today=TODAY):
    found = law_checks.problems_of(act, today=today)
    return [one.text for one in found if one.is_error], [one.text for one in found if not one.is_error]


def test_a_draft_can_begin_as_a_copy_of_another_act(people):
    old = Act.objects.get(slug__startswith="c-")

    act = draft(people[0], copy_of=old, running_courses="move")

    assert (act.is_draft, act.running_courses, act.source_url) == (True, "move", old.source_url)
    told = ("key", "text", "legal_basis", "certainty", "note")
    assert list(act.values.values(*told)) == list(old.values.values(*told))
    rows = ("order", "kind", "responsible", "number", "from_month", "to_month", "legal_basis")
    assert list(act.meeting_rules.values(*rows)) == list(old.meeting_rules.values(*rows))
    assert old.values.count() == act.values.count()


def test_the_table_of_another_act_fills_a_draft_once_and_never_a_published_act(people):
    old, act = Act.objects.get(slug__startswith="a-"), draft(people[0])

    for _ in range(2):
        law_services.fill_part(act_id=act.pk, part="meeting_rules", source=old, by=people[1])

    act.refresh_from_db()
    assert (act.meeting_rules.count(), act.drafted_by) == (6, people[1])
    with pytest.raises(law_services.AlreadyPublished):
        law_services.fill_part(act_id=old.pk, part="meeting_rules", source=act, by=people[1])


def test_a_draft_that_holds_together_has_nothing_to_say(people):
    assert said(draft(people[0], values=[(COMPLAINT_WEEKS, "6")])) == ([], [])


@pytest.mark.parametrize("letter", "abcdef")
def test_the_shipped_acts_have_no_errors(letter):
    errors, _ = said(Act.objects.get(slug__startswith=f"{letter}-"))

    assert errors == []


def test_an_empty_draft_is_an_error(people):
    [error], _ = said(draft(people[0]))

    assert error.startswith("Kladden er tom")


def test_what_is_missing_or_unreadable_is_named(people):
    act = draft(people[0], reference=" ", values=[(COMPLAINT_WEEKS, "fire"), (CHANNELS, "video, attendance")])
    ActValue.objects.filter(key=CHANNELS.key, act=act).update(legal_basis="")
    ActValue.objects.create(act=act, key="cases.forgotten", text="1", legal_basis="§ 1")

    errors, _ = said(act)

    assert errors == [
        "Henvisningen mangler: skriv, hvilken lov eller bekendtgørelse kladden gengiver.",
        f"»{COMPLAINT_WEEKS.description}« kan ikke læses: »fire« er ikke et helt tal på 0 eller mere.",
        "Ingen regel læser »cases.forgotten«. Fjern værdien fra kladden.",
        f"Hjemmel mangler ved »{CHANNELS.description}«.",
    ]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        pytest.param({"in_force_on": date(2028, 5, 5)}, "Loven træder først i kraft den 5. maj 2028", id="far ahead"),
        pytest.param({"in_force_on": date(2026, 5, 3)}, "Dagen er passeret", id="in the past"),
        pytest.param(
            {"in_force_on": date(2024, 1, 1)},
            "»Anden delaftale, andet lovforslag« er i kraft fra samme dag. Denne lov retter den",
            id="a correction",
        ),
        pytest.param({"running_courses": "move"}, "Løbende forløb flytter til loven, men intet i den", id="moves none"),
    ],
)
def test_what_may_be_meant_is_a_warning(people, fields, text):
    errors, warnings = said(draft(people[0], values=[(COMPLAINT_WEEKS, "6")], **fields))

    assert errors == []
    assert any(one.startswith(text) for one in warnings), warnings


def test_a_value_that_is_so_already_is_a_warning(people):
    errors, [warning] = said(draft(people[0], values=[(COMPLAINT_WEEKS, "4")]))

    assert errors == []
    assert warning == f"Denne ændrer ikke noget, for det samme gælder i forvejen: »{COMPLAINT_WEEKS.description}«."


def test_a_draft_that_moves_something_says_nothing_of_moving_nothing(people):
    moving = draft(people[0], values=[(FUND_RESPONSIBLE_MONTHS, "3")], running_courses="move")
    table_alone = draft(people[0], copy_of=Act.objects.get(slug__startswith="c-"), running_courses="move")
    table_alone.values.all().delete()

    for act in (moving, table_alone):
        assert not any("Løbende forløb" in one for one in said(act)[1])


def test_a_draft_with_errors_is_not_published(people):
    act = draft(people[0], values=[(FUND_RESPONSIBLE_MONTHS, "2")])

    with pytest.raises(
        law_services.Contradictory, match=r"kan ikke offentliggøres\. A-kassen skal holde »3 jobsamtaler"
    ):
        law_services.publish(act_id=act.pk, reason="Læst.", is_day_confirmed=True, by=people[1], at=NOON)

    act.refresh_from_db()
    assert act.is_draft


def test_of_several_errors_the_first_is_said_and_the_others_are_counted(people):
    act = draft(people[0], values=[(FUND_RESPONSIBLE_MONTHS, "0")])

    with pytest.raises(law_services.Contradictory, match=r"Der er 1 fejl mere\."):
        law_services.publish(act_id=act.pk, reason="Læst.", is_day_confirmed=True, by=people[1], at=NOON)
