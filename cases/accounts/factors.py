"""The second step of a log-in: what somebody has, besides the password they know."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import transaction

from cases.models import AuthenticatorApp, ProviderIdentity, RecoveryCode, User
from cases.people import encryption
from cases.rules.refusal import Refused

#: What every app on a telephone takes for granted (RFC 6238).
SECONDS, DIGITS = 30, 6
#: A telephone's clock may be wrong by as many half minutes.
DRIFT = 1
#: What the log calls an answer by a passkey.
PASSKEY = "adgangsnøgle"
#: So many wrong codes of one user within this time, and no code is read until it has passed.
WRONG_CODES, WITHIN = 5, timedelta(minutes=15)
RECOVERY_CODES = 10
#: So long a picture on the screen may wait for its first code.
OFFERED_FOR = timedelta(minutes=30)


class WrongCode(Refused):
    """The code is not the one of now, was used before, or is none."""

    field = "one_time_password"


class AskedOutside(Refused):
    """There is a second step by now, and it has not been taken."""


@dataclass(frozen=True)
class Offer:
    """A new secret on its way to a telephone; it is stored once the telephone has answered for it."""

    secret: bytes
    sealed: str

    @property
    def text(self) -> str:
        """As it is typed by hand, in groups."""
        return _in_groups(base64.b32encode(self.secret).decode())

    def address(self, user: User) -> str:
        """What the picture says to the app."""
        label = quote(f"Samtaleflow:{user.get_username()}")
        return f"otpauth://totp/{label}?secret={base64.b32encode(self.secret).decode()}&issuer=Samtaleflow"


def offer(user: User, *, at: datetime) -> Offer:
    """A new secret for the user, sealed for the way through the page."""
    secret = secrets.token_bytes(20)
    sealed = encryption.seal(f"{int(at.timestamp())}:{secret.hex()}", of=_offer_to(user))
    return Offer(secret, base64.urlsafe_b64encode(sealed).decode())


def read_offer(sealed: str, user: User, *, at: datetime) -> Offer | None:
    """What we offered this user a short while ago; None for anything else."""
    try:
        begun, secret = encryption.unseal(base64.urlsafe_b64decode(sealed), of=_offer_to(user)).split(":")
    except (ValueError, encryption.CannotBeRead):
        return None
    is_late = abs(at.timestamp() - int(begun)) > OFFERED_FOR.total_seconds()
    return Offer(bytes.fromhex(secret), sealed) if not is_late else None


def _offer_to(user: User) -> str:
    return f"offer to {user.pk}"


def has_any(user: User) -> bool:
    """Whether the user has a second step to pass."""
    return AuthenticatorApp.objects.filter(user=user).exists() or user.passkeys.exists()


def is_first(user: User, *, has_proved: bool) -> bool:
    """Whether what is added now is the user's first second step; the user's row is locked until it is.

    Raises AskedOutside where there is one, set up elsewhere a moment ago, by which nothing was proved.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    if has_any(user) and not has_proved:
        raise AskedOutside("Et andet trin er sat op i mellemtiden. Brug det først, og prøv igen.")
    return not has_any(user)


@transaction.atomic(durable=True)
def add_app(user: User, offered: Offer, code: str, *, has_proved: bool, at: datetime) -> bool:
    """Keep the app whose code it is, instead of the one before; whether it is the first second step.

    Raises WrongCode, and AskedOutside as `is_first` does.
    """
    is_the_first = is_first(user, has_proved=has_proved)
    step = _step_of(offered.secret, code, at=at)
    if step is None:
        raise WrongCode("Koden passer ikke. Skriv den, som appen viser nu, og se efter, at telefonens ur er rigtigt.")
    sealed = encryption.seal(offered.secret.hex(), of=AuthenticatorApp(user=user).sealed_as("secret_encrypted"))
    AuthenticatorApp.objects.update_or_create(
        user=user, defaults={"secret_encrypted": sealed, "last_step": step, "made_at": at}
    )
    return is_the_first


@transaction.atomic(durable=True)
def new_recovery_codes(user: User) -> list[str]:
    """Ten new codes, in place of all that were given before; they are told this once."""
    codes = [base64.b32encode(secrets.token_bytes(15)).decode() for _ in range(RECOVERY_CODES)]
    user.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(code)) for code in codes)
    return [_in_groups(code) for code in codes]


def accept(user: User, code: str, *, at: datetime, now: datetime) -> str:
    """What was proved by the code, and used up by it; empty where nothing was. The user's row is locked.

    `at` is the real moment, `now` that of the system.
    """
    digits = _digits(code)
    app = AuthenticatorApp.objects.filter(user=user).first()
    if app is not None and digits.isdecimal():
        secret = encryption.unseal(app.secret_encrypted, of=app.sealed_as("secret_encrypted"))
        step = _step_of(bytes.fromhex(secret), digits, at=at, after=app.last_step)
        if step is not None:
            app.last_step = step
            app.save(update_fields=["last_step"])
            return "kodeapp"
    unused = RecoveryCode.objects.filter(user=user, digest=_digest(code), used_at=None)
    return "genopretningskode" if unused.update(used_at=now) else ""


@transaction.atomic(durable=True)
def forget_app(user: User) -> None:
    AuthenticatorApp.objects.filter(user=user).delete()


@transaction.atomic
def forget_all(user: User) -> None:
    """Forget the app, the keys, the codes on paper, and the account at the organisation."""
    AuthenticatorApp.objects.filter(user=user).delete()
    user.passkeys.all().delete()
    user.recovery_codes.all().delete()
    ProviderIdentity.objects.filter(user=user).delete()


def _step_of(secret: bytes, code: str, *, at: datetime, after: int = 0) -> int | None:
    """The half minute whose code it is, near this moment and after the last one that was used."""
    totp, now = TOTP(secret, DIGITS, SHA1(), SECONDS), int(at.timestamp()) // SECONDS
    for step in range(now - DRIFT, now + DRIFT + 1):
        try:
            totp.verify(_digits(code).encode(), step * SECONDS)
        except InvalidToken:
            continue
        if step > after:
            return step
    return None


def _digits(code: str) -> str:
    """The code without the blanks that apps show in it."""
    return "".join(code.split())


def _digest(code: str) -> str:
    """What is kept of a code: typed in any case, in any groups, and with the figures that look like letters."""
    letters = re.sub(r"[\W_]", "", code).upper().translate(str.maketrans("018", "OIB"))
    return hashlib.sha256(letters.encode()).hexdigest()


def _in_groups(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
