"""Passkeys: a device answers for its owner, by a key that it shows to this site alone (WebAuthn)."""

import json
import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)

from cases.accounts.factors import is_first
from cases.accounts.login import is_address
from cases.models import Passkey, User
from cases.rules.refusal import Refused

#: In the session: what the device is asked to sign, once.
_ASKED = "passkey_asked"
MOST = 10
#: What reading an answer that no device gave may end in: the library has no error of its own for it.
_UNREADABLE = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    struct.error,
    # A kind of key that the library does not know, and a nest that is too deep.
    NotImplementedError,
    RecursionError,
)


class NoSuchKey(Refused):
    """The device did not answer for a key of this user, here and now."""


class TooManyKeys(Refused):
    """Nobody has so many devices."""


def are_possible(request: HttpRequest) -> bool:
    """Whether browsers make passkeys for this address: one with a name, and not a number."""
    return not is_address(_host(request))


def ask_for_new(request: HttpRequest, user: User) -> str:
    """What the browser is to ask a device for that is to become a key of the user."""
    who = PublicKeyCredentialUserEntity(
        id=user.public_id.bytes, name=user.get_username(), display_name=user.get_full_name() or user.get_username()
    )
    options, asked = _server(request).register_begin(
        who, _descriptors(user), user_verification=UserVerificationRequirement.PREFERRED
    )
    return _asked(request, options, asked)


def ask_for_known(request: HttpRequest, user: User) -> str:
    """What the browser is to ask a device for that has a key of the user; empty where the user has none."""
    descriptors = _descriptors(user)
    if not descriptors or not are_possible(request):
        return ""
    options, asked = _server(request).authenticate_begin(
        descriptors, user_verification=UserVerificationRequirement.PREFERRED
    )
    return _asked(request, options, asked)


@transaction.atomic(durable=True)
def add(request: HttpRequest, user: User, answer: str, *, name: str, has_proved: bool, at: datetime) -> bool:
    """Keep the key that the device has made; whether it is the first second step.

    Raises NoSuchKey, TooManyKeys, and AskedOutside as `is_first` does.
    """
    is_the_first = is_first(user, has_proved=has_proved)
    if user.passkeys.count() >= MOST:
        raise TooManyKeys(f"Du har {MOST} adgangsnøgler. Fjern en, før du tilføjer en ny.")
    try:
        data = _server(request).register_complete(_taken(request), json.loads(answer))
    except _UNREADABLE:
        raise NoSuchKey("Enheden lavede ingen nøgle, eller siden stod for længe. Prøv igen.") from None
    made = data.credential_data
    if made is None or Passkey.objects.filter(credential_id=made.credential_id).exists():
        raise NoSuchKey("Enheden har en nøgle her i forvejen.")
    Passkey.objects.create(
        user=user,
        name=name,
        credential_id=made.credential_id,
        credential=bytes(made),
        sign_count=data.counter,
        made_at=at,
    )
    return is_the_first


@transaction.atomic(durable=True)
def prove(request: HttpRequest, user: User, answer: str, *, at: datetime) -> None:
    """Raises NoSuchKey unless a device has just answered by a key of the user's."""
    wrong = NoSuchKey("Enheden svarede ikke med en af dine nøgler. Prøv igen, eller brug en kode.")
    keys = {bytes(key.credential_id): key for key in user.passkeys.select_for_update()}
    try:
        asked, given = _taken(request), json.loads(answer)
        known = [AttestedCredentialData(bytes(key.credential)) for key in keys.values()]
        used = keys[_server(request).authenticate_complete(asked, known, given).credential_id]
        count = AuthenticationResponse.from_dict(given).response.authenticator_data.counter
    except _UNREADABLE:
        raise wrong from None
    # Many devices do not count at all; one that counts and goes backwards has been copied.
    if (count or used.sign_count) and count <= used.sign_count:
        raise wrong
    used.sign_count, used.used_at = count, at
    used.save(update_fields=["sign_count", "used_at"])


def _server(request: HttpRequest) -> Fido2Server:
    origin = f"{request.scheme}://{request.get_host()}"
    site = PublicKeyCredentialRpEntity(id=_host(request), name="Samtaleflow")
    return Fido2Server(site, verify_origin=lambda said: said == origin)


def _host(request: HttpRequest) -> str:
    return urlsplit(f"//{request.get_host()}").hostname or ""


def _descriptors(user: User) -> list[PublicKeyCredentialDescriptor]:
    ids = user.passkeys.values_list("credential_id", flat=True)
    return [PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=bytes(one)) for one in ids]


def _asked(request: HttpRequest, options: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    request.session[_ASKED] = {name: value and str(getattr(value, "value", value)) for name, value in asked.items()}
    return json.dumps(dict(options))


def _taken(request: HttpRequest) -> Any:
    """What was asked for; it is answered once."""
    return request.session.pop(_ASKED)
