"""The invented organisations and the people who work there."""

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from cases.models import Organisation, OrganisationKind, Role, Team, User

PASSWORD = "samtaleflow-demo"

#: Name, municipality code or fund number, CVR number. Neither has been given to anybody.
FUNDS = (
    ("Fagkassen", "91", "99000007"),
    ("Bæltets A-kasse", "92", "99000015"),
    ("A-kassen Fjordland", "93", "99000023"),
    ("Håndens A-kasse", "94", "99000031"),
    ("Nordlys A-kasse", "95", "99000058"),
)
MUNICIPALITIES = (
    ("Jobcenter Solby", "901", "99000104"),
    ("Jobcenter Åmarken", "902", "99000112"),
    ("Jobcenter Østervig", "903", "99000120"),
    ("Jobcenter Søndersund", "904", "99000139"),
    ("Jobcenter Bøgehøj", "905", "99000147"),
    ("Jobcenter Ravnstrand", "906", "99000155"),
    ("Jobcenter Klitlund", "907", "99000163"),
    ("Jobcenter Vestermose", "908", "99000171"),
)
FIRST_NAMES = (
    "Bente", "Carsten", "Dorthe", "Esben", "Gitte", "Holger", "Inge", "Jeppe", "Katrine", "Lone", "Morten", "Nanna",
    "Ove", "Pia", "Rikke", "Steen", "Trine", "Uffe", "Winnie", "Allan", "Britta", "Claus", "Ditte", "Ejnar", "Hanne",
    "Ivan", "Jonna", "Kim", "Lars", "Mona", "Nikolaj", "Olga", "Per", "Randi", "Sanne", "Tage", "Ursula", "Verner",
)  # fmt: skip
LAST_NAMES = ("Agermose", "Brobæk", "Damhøj", "Elvkær", "Fuglsø", "Gærdehøj", "Hvidå", "Kærlund", "Nymark-Sø")


@dataclass
class Office:
    """Everybody in the demo, by organisation."""

    funds: list[Organisation] = field(default_factory=list)
    municipalities: list[Organisation] = field(default_factory=list)
    workers: dict[int, list[User]] = field(default_factory=dict)
    by_name: dict[str, User] = field(default_factory=dict)


@dataclass(frozen=True)
class LogIn:
    """Somebody as whom the demo can be seen."""

    username: str
    name: str
    role: Role
    organisation: str
    team: str
    sees: str


LOG_INS = (
    LogIn("anne", "Anne Lærkedal", Role.ADVISER, "Fagkassen", "Team Nord", "arbejdslisten i en a-kasse"),
    LogIn("jens", "Jens Mosebæk", Role.CASEWORKER, "Jobcenter Solby", "Dagpenge", "arbejdslisten i et jobcenter"),
    LogIn("leder", "Lis Højager", Role.TEAM_LEADER, "Fagkassen", "Team Nord", "hele a-kassens sager"),
    LogIn("karen", "Karen Åbrink", Role.CASEWORKER, "Jobcenter Åmarken", "Dagpenge", "kun sit eget jobcenter"),
    LogIn("admin", "Astrid Ravnsø", Role.ADMINISTRATOR, "", "", "love, organisationer og brugere; ingen borgere"),
    LogIn("admin2", "Bo Skovæng", Role.ADMINISTRATOR, "", "", "den anden, der offentliggør en lov"),
)


def write() -> Office:
    """Make the office in the caller's transaction."""
    office = Office()
    office.funds = [make_organisation(OrganisationKind.FUND, *facts) for facts in FUNDS]
    office.municipalities = [make_organisation(OrganisationKind.MUNICIPALITY, *facts) for facts in MUNICIPALITIES]
    teams = {
        (organisation.name, team.name): team
        for organisation in (*office.funds, *office.municipalities)
        for team in _teams(organisation)
    }
    # One hash for all: hashing is slow on purpose, and the password is printed anyway.
    password = make_password(PASSWORD)
    organisations = {organisation.name: organisation for organisation in (*office.funds, *office.municipalities)}
    users = [_log_in(one, organisations.get(one.organisation), teams, password) for one in LOG_INS]
    users += _colleagues(office, teams, password)
    User.objects.bulk_create(users)
    _fill(office, users)
    return office


def is_there() -> bool:
    """Whether this installation has the office."""
    return Organisation.objects.filter(cvr=FUNDS[0][2]).exists()


def read() -> Office:
    """The office as it was made."""
    office = Office(
        funds=[Organisation.objects.get(cvr=cvr) for _, _, cvr in FUNDS],
        municipalities=[Organisation.objects.get(cvr=cvr) for _, _, cvr in MUNICIPALITIES],
    )
    _fill(office, list(User.objects.order_by("pk")))
    return office


def _fill(office: Office, users: list[User]) -> None:
    office.by_name = {user.username: user for user in users}
    for user in users:
        if user.role in (Role.ADVISER, Role.CASEWORKER) and user.organisation_id:
            office.workers.setdefault(user.organisation_id, []).append(user)


def make_organisation(kind: OrganisationKind, name: str, code: str, cvr: str) -> Organisation:
    place = name.split()[-1]
    domain = "".join(
        letter for letter in place.lower().translate({230: "ae", 248: "oe", 229: "aa"}) if letter.isalpha()
    )
    organisation = Organisation(
        kind=str(kind),
        name=name,
        cvr=cvr,
        code=code,
        phone=f"7000{int(code) % 10_000:04d}",
        email=f"post@{domain}{code}.example",
        video_room=f"https://moede.{domain}{code}.example/{{rum}}",
        meeting_place=f"Rådhuspladsen {int(code) % 40 + 1}, {place}"
        if kind == OrganisationKind.MUNICIPALITY
        else f"Havnegade {int(code)}, Solby",
    )
    organisation.full_clean(exclude=["opens_at", "closes_at"])
    organisation.save()
    return organisation


def _teams(organisation: Organisation) -> list[Team]:
    names = ["Team Nord", "Team Syd"] if organisation.is_fund else ["Dagpenge", "Unge"]
    return Team.objects.bulk_create(Team(organisation=organisation, name=name) for name in names)


def _log_in(one: LogIn, organisation: Organisation | None, teams: dict[tuple[str, str], Team], password: str) -> User:
    first, _, last = one.name.partition(" ")
    is_administrator = one.role == Role.ADMINISTRATOR
    return User(
        username=one.username,
        password=password,
        first_name=first,
        last_name=last,
        email=f"{one.username}@demo.example",
        role=str(one.role),
        organisation=organisation,
        team=teams.get((one.organisation, one.team)),
        is_staff=is_administrator,
    )


def _colleagues(office: Office, teams: dict[tuple[str, str], Team], password: str) -> list[User]:
    users: list[User] = []
    for organisation in (*office.funds, *office.municipalities):
        own_teams = [team for (name, _), team in teams.items() if name == organisation.name]
        role = Role.ADVISER if organisation.is_fund else Role.CASEWORKER
        for number in range(3 if organisation in (office.funds[0], office.municipalities[0]) else 2):
            position = len(users)
            users.append(
                User(
                    username=f"{FIRST_NAMES[position % len(FIRST_NAMES)].lower()}{position}",
                    password=password,
                    first_name=FIRST_NAMES[position % len(FIRST_NAMES)],
                    last_name=LAST_NAMES[position % len(LAST_NAMES)],
                    email=f"medarbejder{position}@demo.example",
                    role=str(role),
                    organisation=organisation,
                    team=own_teams[number % len(own_teams)],
                )
            )
    return users
