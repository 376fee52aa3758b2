"""A link by which somebody chooses their own password: once, within some days. Nobody else ever knows it."""

from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from cases.accounts import security_log
from cases.accounts.login import end_sessions
from cases.models import SecurityKind, User
from cases.rules.wording import counted

#: Told apart from Django's own; a mark holds until the password is another, or its time is over.
TOKENS = PasswordResetTokenGenerator()
TOKENS.key_salt = "cases.accounts.invitations"

_TEXT = """Hej {name}

Du er inviteret til Samtaleflow. Vælg din adgangskode her:

{link}

Linket virker én gang og i {days}. Har du ikke ventet denne mail, så ring til din systemansvarlige.
"""


@transaction.atomic
def invite(user: User, request: HttpRequest | None, *, by: str) -> str:
    """The link for the user. The password of before and every link of before open nothing any more."""
    user.set_unusable_password()
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    end_sessions(user)
    security_log.note(SecurityKind.INVITED, request, user=user, detail=f"af {by}")
    return link_for(user)


def link_for(user: User) -> str:
    return f"{settings.SITE_URL}{reverse('invited', args=[user.public_id, TOKENS.make_token(user)])}"


def days() -> str:
    """How long a link holds."""
    return counted(settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60), "dag", "dage")


def send(user: User, link: str) -> bool:
    """Send the link to the user's own address; False where the mail could not be handed over."""
    text = _TEXT.format(name=user.get_full_name() or user.get_username(), link=link, days=days())
    try:
        return bool(send_mail("Vælg din adgangskode til Samtaleflow", text, None, [user.email]))
    except (OSError, SMTPException):
        return False
