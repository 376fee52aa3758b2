"""Two acts side by side in words, and what one act changes on its day."""

import pytest

from cases.law.wording import by_subject
from cases.models import Act
from cases.rules.declaring import REGISTRY, Subject, whole_number
from tests.cases.law_pages import drafted, page


def act(letter):
    return Act.objects.get(slug__startswith=f"{letter}-")


def told(client, first, second):
    response = page(client, "cases_act_compare", first=first.pk, second=second.pk)
    assert response.status_code == 200
    return response.content.decode()


def test_two_acts_stand_side_by_side_with_their_tables(client, administrator):
    html = told(client, act("c"), act("a"))

    for text in (
        "01-01-2020 · Reglerne før anden delaftale",
        "01-01-2024 · Anden delaftale, andet lovforslag",
        "1 cv-samtale",
        "3 jobsamtaler i 4.-6. måned",
        "<strong>9 samtaler</strong>",
        "<strong>6 samtaler</strong>",
        "<strong>3 måneder</strong>",
        "jobsamtale og rådighedssamtale",
    ):
        assert text in html


def test_a_draft_is_compared_with_what_it_leaves_alone(client, administrator):
    html = told(client, act("c"), act("e"))

    assert "(kladde)" in html
    assert "virksomhedspraktik, løntilskud" in html
    assert "Sætter den ikke; fra »Anden delaftale, første lovforslag«" in html
    # What both days have in common is counted, not shown.
    assert "af de regelværdier, lovene sætter, er ens på de to dage" in html
    assert "dagpengetimer" not in html


def test_a_table_that_is_the_same_is_said_in_a_sentence(client, administrator):
    assert "Tabellen over samtaler er den samme: 9 samtaler" in told(client, act("a"), act("b"))


def test_nothing_chosen_is_asked_for(client, administrator):
    assert page(client, "cases_act_compare").status_code == 200

    response = page(client, "cases_act_compare", first="", second="")

    assert response.status_code == 422
    assert "Vælg en lov." in response.content.decode()


def test_what_a_draft_changes_is_told_against_the_law_without_it(client, administrator, second):
    draft = drafted(second)

    html = page(client, "cases_act_changes", draft.pk).content.decode()

    for text in (
        "Uden loven, 1. juni 2026",
        "3 måneder",
        "<strong>2 måneder</strong>",
        "3 jobsamtaler",
        "2 jobsamtaler",
    ):
        assert text in html


@pytest.mark.parametrize("letter", "abcde")
def test_every_code_is_said_in_danish(client, administrator, letter):
    codes = {code for one in REGISTRY.values() for code in one.read.names} - {"video", "fleksydelse"}
    html = page(client, "cases_act_changes", act(letter).pk).content.decode()

    assert [code for code in codes if f">{code}" in html or f" {code}," in html] == []


def test_every_value_declares_its_subject_its_unit_and_a_name_for_each_code():
    listed = [one.key for _, parameters in by_subject() for one in parameters]

    assert sorted(listed) == sorted(REGISTRY)
    for parameter in REGISTRY.values():
        assert parameter.subject != Subject.OTHER, parameter.key
        assert bool(parameter.unit) == (parameter.read is whole_number), parameter.key
        assert parameter.decided_by, parameter.key
        same = {code for code, word in parameter.read.names.items() if word == code}
        assert same <= {"video", "fleksydelse"}, parameter.key
