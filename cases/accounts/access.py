"""Who may do what. Who sees what is `visible_to` on the querysets; this is asked after it."""

from enum import StrEnum

from django.core.exceptions import PermissionDenied

from cases.models import Organisation, OrganisationKind, Role, User


class Permission(StrEnum):
    OPEN_CASE = "open_case"
    IMPORT_CASES = "import_cases"
    EDIT_CASE = "edit_case"
    LIFT_PROTECTION = "lift_protection"
    GIVE_INSIGHT = "give_insight"
    ERASE = "erase"
    ASSIGN_CASE = "assign_case"
    HAND_OVER = "hand_over"
    RECEIVE = "receive"
    KEEP_DUTY = "keep_duty"
    BOOK_MEETING = "book_meeting"
    HOLD_MEETING = "hold_meeting"
    RECORD_CHOICE = "record_choice"
    SEARCH = "search"
    SHOW_CPR = "show_cpr"
    EXPORT = "export"
    WRITE_REFERRAL = "write_referral"
    DECIDE_REFERRAL = "decide_referral"
    GRANT_OFFER = "grant_offer"
    SET_PRACTICE = "set_practice"
    WRITE_PLAN = "write_plan"
    DECIDE_AIM = "decide_aim"
    KEEP_DOCUMENTS = "keep_documents"
    KEEP_TEXTS = "keep_texts"
    SEE_OVERVIEW = "see_overview"
    KEEP_OWN_TIME = "keep_own_time"
    KEEP_OFFICE_TIME = "keep_office_time"


_CASE_WORK = frozenset(
    {
        Permission.OPEN_CASE,
        Permission.EDIT_CASE,
        Permission.BOOK_MEETING,
        Permission.HOLD_MEETING,
        Permission.RECORD_CHOICE,
        Permission.SEARCH,
        Permission.SHOW_CPR,
        Permission.EXPORT,
        Permission.IMPORT_CASES,
        Permission.ASSIGN_CASE,
        Permission.WRITE_PLAN,
        Permission.KEEP_OWN_TIME,
    }
)
_OF_THE_FUND = frozenset({Permission.HAND_OVER, Permission.WRITE_REFERRAL})
_OF_THE_MUNICIPALITY = frozenset(
    {
        Permission.RECEIVE,
        Permission.KEEP_DUTY,
        Permission.DECIDE_REFERRAL,
        Permission.GRANT_OFFER,
        Permission.DECIDE_AIM,
        Permission.KEEP_DOCUMENTS,
        Permission.SET_PRACTICE,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADVISER: _CASE_WORK | _OF_THE_FUND,
    Role.CASEWORKER: _CASE_WORK | _OF_THE_MUNICIPALITY,
    Role.TEAM_LEADER: _CASE_WORK
    | _OF_THE_FUND
    | _OF_THE_MUNICIPALITY
    | {
        Permission.LIFT_PROTECTION,
        Permission.GIVE_INSIGHT,
        Permission.ERASE,
        Permission.KEEP_TEXTS,
        Permission.SEE_OVERVIEW,
        Permission.KEEP_OFFICE_TIME,
    },
    # Acts, organisations and users, in the admin; no citizen.
    Role.ADMINISTRATOR: frozenset(),
}

_ONLY_FOR_KIND = {
    **dict.fromkeys(_OF_THE_FUND, OrganisationKind.FUND),
    **dict.fromkeys(_OF_THE_MUNICIPALITY, OrganisationKind.MUNICIPALITY),
}


def has(user: User, permission: Permission, *, organisation: Organisation | None = None) -> bool:
    """Whether the user's role gives the permission; with an organisation, only for that party's own people."""
    if not user.is_active or user.organisation is None or permission not in ROLE_PERMISSIONS[Role(user.role)]:
        return False
    if _ONLY_FOR_KIND.get(permission, user.organisation.kind) != user.organisation.kind:
        return False
    return organisation is None or organisation.pk == user.organisation_id


def require(user: User, permission: Permission, *, organisation: Organisation | None = None) -> None:
    """Raise PermissionDenied (403) unless `has`."""
    if not has(user, permission, organisation=organisation):
        raise PermissionDenied
