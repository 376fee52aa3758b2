"""The calculator: the same answers as the command line, in words, in an address that names nobody."""

import html
import json
import re
from pathlib import Path

import pytest

from cases.law.calculator import PageQuestion
from cases.models import AccessLog
from referrals.management.commands import law
from tests.law import QUESTIONS

D = "d-lovens-undtagelser"
E = "e-mere-fleksibelt-kontaktforloeb"
PAGES = {name: question for name, question in QUESTIONS.items() if isinstance(question, PageQuestion)}
EXAMPLES = {name: question.example for name, question in PAGES.items()}
TWO_WEEKS = {"pause_1_kind": "employment", "pause_1_first": "07-10-2024", "pause_1_last": "20-10-2024"}
YOUNG = {"registered_on": "02-09-2024", "age": "22", "no_education": "on", "no_children": "on"}

#: The acceptance cases that a page without a case can ask: the address, and the same on the command line.
CASES = [
    pytest.param("plan", {"registered_on": "01-06-2022"}, "plan --registered-on 2022-06-01", id="1"),
    pytest.param("plan", {"registered_on": "03-04-2023"}, "plan --registered-on 2023-04-03", id="2"),
    pytest.param("plan", {"registered_on": "15-01-2024"}, "plan --registered-on 2024-01-15", id="3"),
    pytest.param(
        "plan",
        {"registered_on": "15-01-2024", "placed_on": "20-01-2024"},
        "plan --registered-on 2024-01-15 --placed-on 2024-01-20",
        id="3, placed later",
    ),
    pytest.param("plan", {"registered_on": "31-12-2023"}, "plan --registered-on 2023-12-31", id="4"),
    pytest.param("plan", {"registered_on": "15-12-2023"}, "plan --registered-on 2023-12-15", id="5"),
    pytest.param(
        "channel",
        {"placed_on": "01-02-2023", "meeting_on": "21-03-2023", "kind": "contact_interview", "number": "2"},
        "channel --placed-on 2023-02-01 --meeting-on 2023-03-21 --number 2",
        id="6",
    ),
    pytest.param(
        "channel",
        {"placed_on": "01-02-2023", "meeting_on": "22-03-2023", "kind": "contact_interview", "number": "2"},
        "channel --placed-on 2023-02-01 --meeting-on 2023-03-22 --number 2",
        id="7",
    ),
    pytest.param(
        "channel",
        {"placed_on": "06-05-2024", "meeting_on": "14-05-2024", "kind": "contact_interview", "number": "1"},
        "channel --placed-on 2024-05-06 --meeting-on 2024-05-14",
        id="8",
    ),
    pytest.param(
        "offer",
        {"placed_on": "02-01-2023", "type": "other_guidance", "starts_on": "22-03-2023", "ends_on": "18-04-2023"},
        "offer --placed-on 2023-01-02 --type other_guidance --starts-on 2023-03-22 --ends-on 2023-04-18",
        id="11",
    ),
    pytest.param(
        "offer",
        {"placed_on": "02-01-2023", "type": "other_guidance", "starts_on": "01-03-2023", "ends_on": "01-05-2023"},
        "offer --placed-on 2023-01-02 --type other_guidance --starts-on 2023-03-01 --ends-on 2023-05-01",
        id="12",
    ),
    pytest.param(
        "offer",
        {"placed_on": "15-01-2024", "type": "internship", "starts_on": "10-07-2024", "ends_on": "16-07-2024"},
        "offer --placed-on 2024-01-15 --type internship --starts-on 2024-07-10 --ends-on 2024-07-16",
        id="13",
    ),
    pytest.param(
        "offer",
        {
            "placed_on": "15-01-2024",
            "type": "wage_subsidy",
            "starts_on": "01-08-2024",
            "ends_on": "30-09-2024",
            "offered_on": "10-07-2024",
        },
        "offer --placed-on 2024-01-15 --type wage_subsidy --starts-on 2024-08-01 --ends-on 2024-09-30 "
        "--offered-on 2024-07-10",
        id="a wage subsidy within its grace",
    ),
    pytest.param(
        "referral",
        {"placed_on": "15-01-2024", "sent_on": "10-02-2024", "offer_starts_on": "01-03-2024"},
        "referral --placed-on 2024-01-15 --sent-on 2024-02-10 --offer-starts-on 2024-03-01",
        id="17",
    ),
    pytest.param(
        "referral",
        {"placed_on": "15-01-2024", "sent_on": "20-04-2024", "offer_starts_on": "01-05-2024"},
        "referral --placed-on 2024-01-15 --sent-on 2024-04-20 --offer-starts-on 2024-05-01",
        id="18",
    ),
    pytest.param(
        "plan",
        YOUNG,
        "plan --registered-on 2024-09-02 --born 2002-09-02 --no-education --no-children",
        id="20",
    ),
    pytest.param("plan", {"registered_on": "03-08-2026"}, "plan --registered-on 2026-08-03", id="24"),
    pytest.param(
        "plan",
        {"registered_on": "02-09-2024", **TWO_WEEKS},
        "plan --registered-on 2024-09-02 --pause 2024-10-07:2024-10-20:employment",
        id="a pause counts both its days",
    ),
    pytest.param(
        "plan",
        {"registered_on": "15-01-2024", "target_group": "11"},
        "plan --registered-on 2024-01-15 --target-group 11",
        id="a group without a table",
    ),
    pytest.param(
        "plan",
        {"registered_on": "15-01-2024", "target_group": "4"},
        "plan --registered-on 2024-01-15 --target-group 4",
        id="a group with a number of its own",
    ),
]
WITH_DRAFT = [
    pytest.param("channel", {**EXAMPLES["channel"]}, "channel --placed-on 2024-05-06 --meeting-on 2024-05-14", D,
                 id="8 with act d"),
    pytest.param("plan", YOUNG, "plan --registered-on 2024-09-02 --born 2002-09-02 --no-education --no-children", D,
                 id="20 with act d"),
    pytest.param("plan", {"registered_on": "03-08-2026"}, "plan --registered-on 2026-08-03", E, id="24 with act e"),
]  # fmt: skip

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def adviser(office, log_in):
    return log_in(office.adviser)


@pytest.fixture
def administrator(office, log_in):
    return log_in(office.administrator)


@pytest.fixture
def on_the_command_line(capsys):
    def answer(question):
        capsys.readouterr()
        law.Command().run_from_argv(["manage.py", "law", *question.split(), "--json"])
        return json.loads(capsys.readouterr().out)

    return answer


def asked(client, question, facts=None):
    return client.get(PAGES[question].url, facts or {})


def text_of(response):
    body = response.content.decode()
    main = body[body.index("<main") : body.index("</main>")]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


@pytest.mark.parametrize(("question", "facts", "command"), CASES)
def test_it_answers_as_the_command_line(adviser, on_the_command_line, question, facts, command):
    response = asked(adviser, question, facts)

    (answer,) = response.context["answers"]
    expected = on_the_command_line(command)
    assert json.loads(json.dumps(answer.data)) == expected
    # Each step is on the page, and in the text to be copied.
    told = text_of(response)
    steps = [step for meeting in expected.get("meetings", []) for step in meeting["why"]] + expected.get("why", [])
    assert [step for step in steps if told.count(step) < 2] == []


@pytest.mark.parametrize(("question", "facts", "command", "draft"), WITH_DRAFT)
def test_an_administrator_sees_a_draft_beside_the_law(
    administrator, on_the_command_line, question, facts, command, draft
):
    in_force, with_draft = asked(administrator, question, {**facts, "draft": draft}).context["answers"]

    assert json.loads(json.dumps(in_force.data)) == on_the_command_line(command)
    assert json.loads(json.dumps(with_draft.data)) == on_the_command_line(f"{command} --draft {draft}")
    assert in_force.data != with_draft.data


@pytest.mark.parametrize("reader", ["adviser", "caseworker", "leader"])
def test_nobody_else_is_told_what_a_draft_says(office, log_in, reader):
    client = log_in(getattr(office, reader))

    response = asked(client, "plan", {"registered_on": "03-08-2026", "draft": E})

    assert len(response.context["answers"]) == 1
    told = text_of(response)
    assert "Udkast kan kun ses af administratorer." in told
    assert "Sammenlign med et udkast" not in told
    # That a draft waits is no secret.
    assert "Reglen er ikke bekræftet: »Mere fleksibelt kontaktforløb«" in told
    assert "6 samtaler" in told


@pytest.mark.parametrize("question", list(PAGES))
def test_an_example_is_there_from_the_start_and_marked(adviser, question):
    response = asked(adviser, question)

    assert response.context["is_example"]
    assert "Svar Eksempel" in text_of(response)
    assert len(response.context["answers"]) == 1
    for value in EXAMPLES[question].values():
        assert f'value="{value}"' in response.content.decode()


def test_what_was_asked_is_no_example(adviser):
    response = asked(adviser, "plan", {"registered_on": "15-01-2024"})

    assert "Eksempel " not in text_of(response)


BAD_INPUT = [
    ("plan", {"registered_on": ""}, "registered_on", "Skriv datoen som dag-måned-år"),
    ("plan", {"registered_on": "30-02-2024"}, "registered_on", "30-02-2024 findes ikke i kalenderen."),
    ("plan", {"registered_on": "31-12-2019"}, "registered_on", "Ingen lov i kraft den 31. december 2019"),
    ("plan", {"registered_on": "15-01-2024", "placed_on": "14-01-2024"}, "placed_on", "ligger før tilmeldingen"),
    ("plan", {"registered_on": "31-12-2019", "placed_on": "31-12-2019"}, "registered_on", "Ingen lov i kraft"),
    ("plan", {"registered_on": "15-01-2024", "age": "abc"}, "age", "Skriv alderen i hele år"),
    ("plan", {"registered_on": "15-01-2024", "age": "5"}, "age", "Skriv alderen i hele år"),
    ("plan", {"registered_on": "15-01-2024", "target_group": "99"}, "target_group", "Vælg en mulighed"),
    ("plan", {"registered_on": "01-12-2100"}, "registered_on", "Helligdagene i 2101 er ikke kendt"),
    ("plan", {"registered_on": "15-01-2024", "pause_1_kind": "holiday"}, "pause_1_first", "Skriv pausens første dag."),
    (
        "plan",
        {"registered_on": "15-01-2024", "pause_2_first": "01-02-2024", "pause_2_last": "02-02-2024"},
        "pause_2_kind",
        "Vælg pausens slags.",
    ),
    (
        "plan",
        {
            "registered_on": "15-01-2024",
            "pause_3_kind": "holiday",
            "pause_3_first": "02-02-2024",
            "pause_3_last": "01-02-2024",
        },
        "pause_3_last",
        "Sidste dag ligger før første dag.",
    ),
    (
        "channel",
        {**EXAMPLES["channel"], "meeting_on": "05-05-2024"},
        "meeting_on",
        "ligger før tilmeldingen",
    ),
    ("channel", {**EXAMPLES["channel"], "number": "0"}, "number", "Skriv samtalens nummer"),
    ("channel", {**EXAMPLES["channel"], "kind": "tea"}, "kind", "Vælg samtalen på listen."),
    (
        "offer",
        {**EXAMPLES["offer"], "ends_on": "30-06-2024"},
        "ends_on",
        "Tilbuddet slutter, før det begynder.",
    ),
    ("offer", {**EXAMPLES["offer"], "offered_on": "02-07-2024"}, "offered_on", "efter at det begyndte"),
    ("offer", {**EXAMPLES["offer"], "type": "tea"}, "type", "Vælg tilbuddet på listen."),
    ("referral", {**EXAMPLES["referral"], "sent_on": "14-01-2024"}, "sent_on", "før tilmeldingen"),
    ("referral", {**EXAMPLES["referral"], "placed_on": "01-12-2019"}, "placed_on", "Ingen lov i kraft"),
]


@pytest.mark.parametrize(("question", "facts", "name", "sentence"), BAD_INPUT)
def test_bad_input_is_one_sentence_at_its_field_and_what_was_typed_stays(adviser, question, facts, name, sentence):
    response = asked(adviser, question, facts)

    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == [name]
    (error,) = form.errors[name]
    assert sentence in error
    assert response.context["answers"] == []
    for typed in facts.values():
        assert not re.match(r"\d", typed) or len(typed) < 10 or f'value="{typed}"' in response.content.decode()


def test_it_says_for_how_many_months_a_meeting_was_held_in_person_before_the_first_act(adviser):
    facts = {"placed_on": "01-02-2023", "meeting_on": "21-03-2023", "kind": "contact_interview", "number": "2"}

    assert (
        "Samtalen holdes den 21. marts 2023, og i de første 6 måneder af forløbet holdes samtaler efter reglerne den "
        "dag kun ved personligt fremmøde."
    ) in text_of(asked(adviser, "channel", facts))


def test_nothing_is_stored_or_logged(adviser):
    logged_before = AccessLog.objects.count()

    asked(adviser, "plan", {"registered_on": "15-01-2024"})

    assert AccessLog.objects.count() == logged_before


def test_no_question_asks_for_a_person():
    names = {name for topic in PAGES.values() for name in topic.form().fields}

    assert {name for name in names if re.search(r"cpr|name|born|mail|phone|address", name)} == set()


def test_the_answer_can_be_copied_only_with_a_script(adviser):
    told = asked(adviser, "plan").content.decode()

    assert re.search(r'<button[^>]* data-copy="svar-tekst" hidden>', told)
    assert '<pre id="svar-tekst" hidden>' in told
    assert "clipboard" in Path("static/js/app.js").read_text()


def test_a_shared_address_asks_the_same(adviser):
    address = f"{PAGES['plan'].url}?registered_on=2024-01-15"

    assert adviser.get(address).context["answers"][0].data["meetings"][0]["due_on"] == "2024-01-29"
