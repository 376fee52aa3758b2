"""Who has a form before them: each form says so itself, since the session may be over when it is sent, or another's."""

from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest

from cases.models import User
from cases.models.unsaved import KEPT

#: The hidden field of every form that is drawn for somebody who is logged in.
FIELD = "skrevet_af"
_SIGNER = TimestampSigner(salt="cases.unsaved.writer")


def token(user: User) -> str:
    """Sign the user's id, so that only who was given the form by us can keep something in the user's name."""
    return _SIGNER.sign(str(user.public_id))


def writer_of(request: HttpRequest) -> User | None:
    """The active user for whom the form that was posted was drawn, in these last days."""
    try:
        public_id = UUID(_SIGNER.unsign(request.POST.get(FIELD, ""), max_age=KEPT))
    except BadSignature:
        return None
    return User.objects.filter(public_id=public_id, is_active=True).first()
