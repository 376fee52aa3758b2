"""How an installation begins: its first administrators, and the organisations, teams and users of two lists."""

import io
import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, ManagementUtility, call_command
from django.urls import reverse

from cases.models import Organisation, OrganisationKind, Role, Team, User

EXAMPLES = Path(settings.BASE_DIR) / "docs" / "deploy"
PASSWORD = "en lang adgangskode"


@pytest.fixture
def files(tmp_path):
    """The two example lists, with whatever a test changes in them, and the arguments that name them."""

    def written(*, organisations=lambda text: text, users=lambda text: text):
        for name, change in (("organisationer.csv", organisations), ("brugere.csv", users)):
            (tmp_path / name).write_text(change((EXAMPLES / name).read_text()))
        return [str(tmp_path / "organisationer.csv"), str(tmp_path / "brugere.csv")]

    return written


def load(arguments, links):
    out = io.StringIO()
    call_command("load_offices", *arguments, links=links, stdout=out)
    return out.getvalue()


def refused(arguments, links):
    with pytest.raises(CommandError) as error:
        load(arguments, links)
    assert not Organisation.objects.exists()
    assert not User.objects.exists()
    assert not links.exists()
    return str(error.value)


def choose(client, link, password=PASSWORD):
    """Choose a password by the link."""
    page = client.get(link.removeprefix(settings.SITE_URL)).url
    return client.post(page, {"new_password1": password, "new_password2": password})


def test_the_first_two_administrators_log_in_and_see_the_administration(db, client):
    said = io.StringIO()
    call_command("add_administrators", "astrid", "bo", stdout=said)

    assert {user.role for user in User.objects.all()} == {Role.ADMINISTRATOR}
    _, link = (line.split()[-1] for line in said.getvalue().splitlines())
    assert choose(client, link).status_code == 302
    client.post(reverse("login"), {"username": "bo", "password": PASSWORD})
    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        pytest.param(["b o"], "b o: ", id="no name"),
        pytest.param(["astrid", "bo"], "»astrid« findes allerede", id="taken"),
    ],
)
def test_an_administrator_who_cannot_be_made_is_one_sentence(db, names, sentence):
    User.objects.create_user("astrid", role=Role.ADMINISTRATOR)

    with pytest.raises(CommandError, match=sentence):
        call_command("add_administrators", *names, stdout=io.StringIO())

    assert User.objects.count() == 1


@pytest.mark.parametrize("arguments", [[], ["--noinput", "--username", "x", "--email", "x@example.dk"]])
def test_django_s_own_command_makes_nobody_and_names_ours(arguments, capsys):
    # Without a database: it asks for nothing and writes nothing.
    with pytest.raises(SystemExit) as ended:
        ManagementUtility(["manage.py", "createsuperuser", *arguments]).execute()

    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "add_administrators" in said
    assert said.count("\n") == 1


def test_the_examples_of_the_deploy_page_become_offices_whose_users_log_in(db, files, tmp_path, client):
    said = load(files(), tmp_path / "links.csv")

    assert said == "2 organisationer og 3 brugere er lavet; 0 fandtes i forvejen.\n"
    assert Organisation.objects.filter(kind=OrganisationKind.FUND).get().teams.count() == 2
    anna = User.objects.get(username="anna")
    assert (anna.role, anna.organisation.name, anna.team.name) == (Role.ADVISER, "Eksempel A-kasse", "Team Nord")
    assert stat.S_IMODE((tmp_path / "links.csv").stat().st_mode) == 0o600
    assert not client.login(username="anna", password=PASSWORD)
    choose(client, dict(line.split(";") for line in (tmp_path / "links.csv").read_text().split())["anna"])
    assert client.login(username="anna", password=PASSWORD)


def test_loading_once_more_makes_only_what_is_new(db, files, tmp_path):
    load(files(), tmp_path / "links.csv")
    User.objects.filter(username="anna").update(last_name="Ny")
    longer = files(users=lambda text: text + "ole;Ole;Eksempel;ole@x.example;administrator;;\n")

    said = load(longer, tmp_path / "nye.csv")

    assert said == "0 organisationer og 1 bruger er lavet; 5 fandtes i forvejen.\n"
    assert (tmp_path / "nye.csv").read_text().count("\n") == 2
    assert User.objects.get(username="anna").last_name == "Ny"
    assert User.objects.get(username="ole").is_staff
    assert (Organisation.objects.count(), Team.objects.count()) == (2, 3)


def test_every_wrong_line_is_one_sentence_and_nothing_is_saved(db, files, tmp_path):
    def wrong_organisations(text):
        return text.replace("post@a-kasse.example", "post") + text.splitlines()[2].replace("99009", "88009") + "\n"

    def wrong_users(text):
        return (
            text.replace(";Dagpenge", ";Nat")
            + "lars;Fem;Eksempel;x@x.example;direktør;;\nny;N;Y;n@x.example;rådgiver;;\n"
        )

    said = refused(files(organisations=wrong_organisations, users=wrong_users), tmp_path / "links.csv").splitlines()

    assert [line.partition(":")[0] for line in said] == [
        "organisationer.csv linje 2",
        "organisationer.csv linje 4",
        "brugere.csv linje 2",
        "brugere.csv linje 3",
        "brugere.csv linje 4",
        "brugere.csv linje 5",
        "brugere.csv linje 6",
        "Intet er gemt.",
    ]
    assert "»e-mail«" in said[0]
    assert "CVR-nummeret er ikke rigtigt" in said[1]
    assert "Teamet »Nat« findes ikke" in said[3]
    assert "»rolle« er »direktør«" in said[5]
    assert "Vælg den organisation" in said[6]


def tried(arguments):
    out = io.StringIO()
    call_command("load_offices", *arguments, dry_run=True, stdout=out)
    return out.getvalue().splitlines()


def test_a_trial_says_of_each_line_what_would_be_made_and_saves_nothing(db, files):
    assert tried(files()) == [
        "organisationer.csv linje 2: Eksempel A-kasse bliver lavet med teams Team Nord og Team Syd.",
        "organisationer.csv linje 3: Jobcenter Eksempelby bliver lavet med teamet Dagpenge.",
        "brugere.csv linje 2: Anna Eksempel bliver lavet som rådgiver i Eksempel A-kasse.",
        "brugere.csv linje 3: Jonas Eksempel bliver lavet som sagsbehandler i Jobcenter Eksempelby.",
        "brugere.csv linje 4: Lene Eksempel bliver lavet som teamleder i Eksempel A-kasse.",
        "2 organisationer og 3 brugere ville blive lavet; 0 findes i forvejen. Intet er gemt.",
    ]
    assert (Organisation.objects.count(), Team.objects.count(), User.objects.count()) == (0, 0, 0)


def test_a_trial_names_what_is_there_and_where_the_file_says_otherwise(db, files, tmp_path):
    load(files(), tmp_path / "links.csv")
    User.objects.filter(username="anna").update(last_name="Ny")
    Organisation.objects.filter(kind=OrganisationKind.FUND).update(phone="+4570000902")

    said = tried(
        files(
            organisations=lambda text: text.replace("Team Syd", "Team Vest"),
            users=lambda text: text.replace(";sagsbehandler;", ";teamleder;"),
        )
    )

    assert said[0] == (
        "organisationer.csv linje 2: Eksempel A-kasse findes i forvejen og bliver, som den er. "
        "Filen siger noget andet om telefon og teams; ret det i administrationen."
    )
    assert said[1] == "organisationer.csv linje 3: Jobcenter Eksempelby findes i forvejen og bliver, som den er."
    assert said[2].endswith("Filen siger noget andet om efternavn; ret det i administrationen.")
    assert said[3].endswith("Filen siger noget andet om rolle; ret det i administrationen.")
    assert said[-1] == "0 organisationer og 0 brugere ville blive lavet; 5 findes i forvejen. Intet er gemt."


def test_a_trial_refuses_what_the_load_refuses(db, files):
    with pytest.raises(CommandError) as error:
        tried(files(users=lambda text: text.replace(";Dagpenge", ";Nat")))

    assert str(error.value).splitlines()[-1] == "Intet er gemt."
    assert not Organisation.objects.exists()


def test_one_that_stands_twice_is_refused(db, files, tmp_path):
    def twice(text):
        return text + "anna;Anders;Anden;anders@x.example;teamleder;Eksempel A-kasse;\n"

    said = refused(files(users=twice), tmp_path / "links.csv")

    assert said.startswith("brugere.csv linje 5: »brugernavn« står også i brugere.csv linje 2.")


def test_links_that_cannot_be_written_make_no_users(db, files, tmp_path, monkeypatch):
    def full(path, links):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cases.management.commands.load_offices._write_privately", full)

    assert "kan ikke skrives" in refused(files(), tmp_path / "links.csv")


@pytest.mark.parametrize(
    ("users", "sentence"),
    [
        pytest.param(lambda text: "brugernavn;navn\n", "den første linje skal have kolonnerne", id="other columns"),
        pytest.param(lambda text: "", "den første linje", id="empty"),
        pytest.param(lambda text: text + "\x00", "ikke en CSV-fil", id="no text"),
        pytest.param(lambda text: text + "x" * 200_000, "ikke en CSV-fil", id="one endless cell"),
        pytest.param(lambda text: text + "a;b;c;d@x.example;teamleder;;;for meget\n", "flere felter", id="a wide line"),
        pytest.param(lambda text: text + "kun et navn\n", "brugere.csv linje 5", id="a short line"),
    ],
)
def test_a_file_of_another_shape_is_refused_whole(db, users, sentence, files, tmp_path):
    assert sentence in refused(files(users=users), tmp_path / "links.csv")


def test_users_are_not_made_with_links_that_nobody_has(db, files):
    with pytest.raises(CommandError, match="--links"):
        call_command("load_offices", *files())
    assert not User.objects.exists()


def test_no_file_is_written_over(db, files, tmp_path):
    (tmp_path / "links.csv").write_text("gamle")

    with pytest.raises(CommandError, match="findes allerede"):
        load(files(), tmp_path / "links.csv")
    assert (tmp_path / "links.csv").read_text() == "gamle"
