"""The beginning of an installation: its administrators, and the organisations, teams and users of a file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from cases.accounts import security_log
from cases.models import Organisation, Role, Team, User
from cases.models.people import OrganisationKind
from cases.people import phones
from cases.rules.refusal import Refused
from cases.rules.wording import listed

Choice = TypeVar("Choice")

KINDS = {kind.label: kind for kind in OrganisationKind}
#: As the lists of the administration call them, and by their first word.
ROLES = {name: role for role in Role for name in (role.label, role.label.split()[0])}


@dataclass(frozen=True)
class FileLine:
    """One line of a file: where it stands, and its cells by column."""

    place: str
    cells: Mapping[str, str]


class WrongLines(Refused):
    """Nothing was saved; one Danish sentence for each line that is wrong."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass
class Loaded:
    """What is new, how much was there already and stays as it was, and one Danish sentence for each line."""

    organisations: list[Organisation] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    already: int = 0
    sentences: list[str] = field(default_factory=list)


@transaction.atomic(durable=True)
def add_administrator(*, username: str) -> User:
    """Make an administrator. Raises ValidationError, and makes nobody, where the name is taken or not a name."""
    user = _administrator(username)
    user.set_unusable_password()
    user.full_clean()
    user.save()
    security_log.note_new_user(user, by="add_administrators")
    return user


@transaction.atomic(durable=True)
def load(
    *,
    organisations: Iterable[FileLine],
    users: Iterable[FileLine],
    hand_out: Callable[[Sequence[User]], None],
    is_trial: bool = False,
) -> Loaded:
    """Make what the lines describe and is not there yet, all of it or nothing. Raises WrongLines.

    An organisation is known by its CVR number, a user by the username. What is there stays as it is. `hand_out` keeps
    the links by which the new users choose their passwords; where it fails nothing is saved. A trial tells
    what would be made, saves nothing and hands nothing out.
    """
    loaded, wrong = Loaded(), list[str]()
    lines: list[tuple[FileLine, str, Callable[[Mapping[str, str]], tuple[models.Model | None, str]]]] = [
        *((line, "cvr-nummer", _organisation) for line in organisations),
        *((line, "brugernavn", _user) for line in users),
    ]
    seen: dict[tuple[str, str], str] = {}
    for line, known_by, make in lines:
        before = seen.setdefault((known_by, line.cells[known_by]), line.place)
        try:
            if before is not line.place:
                raise ValidationError(f"»{known_by}« står også i {before}. Slet den ene linje.")
            made, sentence = make(line.cells)
        except ValidationError as error:
            wrong.append(f"{line.place}: {' '.join(error.messages)}")
            continue
        loaded.sentences.append(f"{line.place}: {sentence}")
        if isinstance(made, Organisation):
            loaded.organisations.append(made)
        elif isinstance(made, User):
            loaded.users.append(made)
        else:
            loaded.already += 1
    if wrong:
        raise WrongLines(wrong)
    if is_trial:
        transaction.set_rollback(True)
        return loaded
    hand_out(loaded.users)
    for user in loaded.users:
        security_log.note_new_user(user, by="load_offices")
    return loaded


def _stays(row: Organisation | User, wanted: Mapping[str, str], now: Mapping[str, str]) -> str:
    """What is said of one that is there: it stays, also where the file says otherwise."""
    other = [column for column, value in now.items() if wanted[column] != value]
    differs = f" Filen siger noget andet om {listed(other)}; ret det i administrationen." if other else ""
    return f"{row} findes i forvejen og bliver, som den er.{differs}"


def _organisation(cells: Mapping[str, str]) -> tuple[Organisation | None, str]:
    known = Organisation.objects.filter(cvr=cells["cvr-nummer"]).first()
    if known is not None:
        now = {
            "art": known.kind,
            "navn": known.name,
            "kode": known.code,
            "telefon": known.phone,
            "e-mail": known.email,
            "mødested": known.meeting_place,
            "teams": ", ".join(sorted(known.teams.values_list("name", flat=True))),
        }
        wanted = {
            **cells,
            "art": str(_chosen(cells, "art", KINDS)),
            "telefon": phones.tidy(cells["telefon"]),
            "teams": ", ".join(sorted(_teams(cells))),
        }
        return None, _stays(known, wanted, now)
    organisation = Organisation(
        kind=str(_chosen(cells, "art", KINDS)),
        name=cells["navn"],
        cvr=cells["cvr-nummer"],
        code=cells["kode"],
        phone=cells["telefon"],
        email=cells["e-mail"],
        meeting_place=cells["mødested"],
    )
    _save(organisation)
    for name in _teams(cells):
        _save(Team(organisation=organisation, name=name))
    with_teams = f" med {'teamet' if len(_teams(cells)) == 1 else 'teams'} {listed(_teams(cells))}"
    return organisation, f"{organisation} bliver lavet{with_teams if _teams(cells) else ''}."


def _teams(cells: Mapping[str, str]) -> list[str]:
    return [name.strip() for name in cells.get("teams", "").split(",") if name.strip()]


def _user(cells: Mapping[str, str]) -> tuple[User | None, str]:
    known = User.objects.select_related("organisation", "team").filter(username=cells["brugernavn"]).first()
    if known is not None:
        now = {
            "rolle": known.role,
            "fornavn": known.first_name,
            "efternavn": known.last_name,
            "e-mail": known.email,
            "organisation": str(known.organisation or ""),
            "team": str(known.team or ""),
        }
        return None, _stays(known, {**cells, "rolle": str(_chosen(cells, "rolle", ROLES))}, now)
    role = _chosen(cells, "rolle", ROLES)
    user = _administrator("") if role == Role.ADMINISTRATOR else User(role=str(role))
    user.username, user.email = cells["brugernavn"], cells["e-mail"]
    user.first_name, user.last_name = cells["fornavn"], cells["efternavn"]
    if cells["organisation"]:
        user.organisation = Organisation.objects.filter(name=cells["organisation"]).first()
        if user.organisation is None:
            raise ValidationError(f"Organisationen »{cells['organisation']}« findes ikke. Skriv dens navn.")
    if team := cells.get("team", ""):
        user.team = Team.objects.filter(organisation=user.organisation, name=team).first()
        if user.team is None:
            raise ValidationError(f"Teamet »{team}« findes ikke i organisationen.")
    user.set_unusable_password()
    _save(user)
    office = f" i {user.organisation}" if user.organisation else ""
    return user, f"{user} bliver lavet som {user.get_role_display().split()[0]}{office}."


def _administrator(username: str) -> User:
    return User(username=username, role=str(Role.ADMINISTRATOR), is_staff=True)


def _chosen(cells: Mapping[str, str], column: str, choices: Mapping[str, Choice]) -> Choice:
    try:
        return choices[cells[column].lower()]
    except KeyError:
        known = ", ".join(f"»{name}«" for name in choices if " " not in name)
        raise ValidationError(f"»{column}« er »{cells[column]}«: skriv en af {known}.") from None


def _save(row: models.Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise ValidationError(
            [f"{_label(row, name)}{message}" for name, messages in error.message_dict.items() for message in messages]
        ) from None
    row.save()


def _label(row: models.Model, name: str) -> str:
    """The field's name before its complaint; what concerns the whole row says itself what it is about."""
    if name == "__all__":
        return ""
    field: Any = row._meta.get_field(name)
    return f"»{field.verbose_name}«: "
