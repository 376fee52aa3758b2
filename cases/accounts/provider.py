"""Log-in by an organisation's own provider (OpenID Connect): what it says is believed once, signed, for us and now."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import jwt
from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare

from cases.models import Organisation, ProviderIdentity, User
from cases.rules.refusal import Refused

#: Signed by a key that only the issuer has. Never `none`, and never a secret that we have too.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_CLAIMS = ("iss", "sub", "aud", "exp", "iat", "nonce")
#: Clocks differ by less.
_LEEWAY = 60
#: Whoever proves it once more has done so at the provider this lately.
_JUST_NOW = 5 * 60
_PATIENCE, _LONGEST = 10, 1024 * 1024


class NotAnswered(Refused):
    """The provider cannot be asked, or not in the words of the standard."""


class NotBelieved(Refused):
    """What came back is not a fresh, signed answer to what we asked."""


class NotSureEnough(Refused):
    """The provider is less sure of who it is than we ask for."""


class NobodyHere(Refused):
    """The answer is good, and belongs to none of our users."""


@dataclass(frozen=True)
class Question:
    """What is kept of a log-in that was begun, until its answer comes; each holds once."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def ask() -> Question:
    return Question(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


def address_of(question: Question, *, answer_at: str, is_again: bool) -> str:
    """Where the browser asks the provider. Raises NotAnswered."""
    provider = _known()
    asked = {
        "response_type": "code",
        "scope": "openid profile",
        "client_id": provider.client_id,
        "redirect_uri": answer_at,
        "state": question.state,
        "nonce": question.nonce,
        "code_challenge": question.challenge,
        "code_challenge_method": "S256",
        "acr_values": " ".join(provider.assurance),
        **({"prompt": "login", "max_age": "0"} if is_again else {}),
    }
    return f"{_endpoint(_metadata(), 'authorization_endpoint')}?{urlencode(asked)}"


def claims_of(answer: Mapping[str, str], question: Question, *, answer_at: str, is_again: bool, at: datetime) -> Any:
    """What the provider vouches for. Raises NotAnswered, NotBelieved and NotSureEnough."""
    if not constant_time_compare(answer.get("state", ""), question.state):
        raise NotBelieved("Svaret hører ikke til det log-ind, du begyndte på. Begynd forfra.")
    if answer.get("iss", _known().issuer) != _known().issuer:
        raise NotBelieved("Svaret kommer fra en anden udsteder end den, vi spurgte. Begynd forfra.")
    if "code" not in answer:
        raise NotAnswered("Din organisations log-ind gav ikke adgang. Prøv igen, eller ring til din systemansvarlige.")
    metadata = _metadata()
    claims = _read(_token(metadata, answer["code"], question, answer_at=answer_at), metadata)
    if not constant_time_compare(str(claims["nonce"]), question.nonce):
        raise NotBelieved("Svaret er brugt før eller hører til et andet log-ind. Begynd forfra.")
    if claims.get(_known().assurance_claim) not in _known().assurance:
        raise NotSureEnough(
            "Du er logget ind med en lavere sikkerhed, end der kræves her. Log ind på en sikrere måde hos din "
            "organisation, og prøv igen."
        )
    if is_again and at.timestamp() - _number(claims.get("auth_time")) > _JUST_NOW:
        raise NotBelieved("Din organisations log-ind spurgte dig ikke på ny. Log ud der, og prøv igen.")
    return claims


@transaction.atomic(durable=True)
def user_of(claims: Mapping[str, Any], *, at: datetime) -> User:
    """Whose it is: who came by this subject before, or who is known by name there and has not come yet.

    Nobody is made. Raises NobodyHere.
    """
    provider, subject = _known(), str(claims["sub"])
    office = Organisation.objects.filter(cvr=str(claims.get(provider.organisation_claim, ""))).first()
    if office is None:
        raise NobodyHere("Din organisation bruger ikke Samtaleflow, eller dens CVR-nummer står ikke i svaret.")
    known = ProviderIdentity.objects.filter(issuer=provider.issuer, subject=subject).select_related("user").first()
    name = str(claims.get(provider.user_claim, ""))
    user = known.user if known else User.objects.filter(username=name).select_for_update(no_key=True).first()
    if user is None or not user.is_active or user.organisation_id != office.pk:
        raise NobodyHere("Du er ikke oprettet i Samtaleflow hos din organisation. Ring til din systemansvarlige.")
    if known is None:
        if ProviderIdentity.objects.filter(user=user).exists():
            raise NobodyHere(
                "Din bruger er knyttet til en anden konto hos din organisation. Ring til din systemansvarlige."
            )
        ProviderIdentity.objects.create(user=user, issuer=provider.issuer, subject=subject, bound_at=at)
    return user


def _read(token: str, metadata: Mapping[str, Any]) -> Any:
    """The claims of a token that is the issuer's, for us, and of now. Raises NotBelieved."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        keys = jwt.PyJWKSet.from_dict(_fetched(_endpoint(metadata, "jwks_uri"))).keys
        [key] = [one for one in keys if one.key_id == kid and one.public_key_use in (None, "sig")]
        claims = jwt.decode(
            token,
            key,
            algorithms=[name for name in _ALGORITHMS if name == key.algorithm_name],
            audience=_known().client_id,
            issuer=_known().issuer,
            leeway=_LEEWAY,
            options={"require": list(_CLAIMS)},
        )
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        raise NotBelieved("Svaret er ikke underskrevet af din organisations log-ind, til os og lige nu.") from None
    many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if many else _known().client_id) != _known().client_id:
        raise NotBelieved("Svaret er til en anden end os. Begynd forfra.")
    return claims


def _token(metadata: Mapping[str, Any], code: str, question: Question, *, answer_at: str) -> str:
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": answer_at,
        "code_verifier": question.verifier,
        "client_id": _known().client_id,
        "client_secret": _known().client_secret,
    }
    token = _fetched(_endpoint(metadata, "token_endpoint"), urlencode(sent).encode()).get("id_token")
    if not isinstance(token, str):
        raise _silent()
    return token


def _metadata() -> Mapping[str, Any]:
    issuer: str = _known().issuer
    told = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != issuer:
        raise NotBelieved("Din organisations log-ind siger, at det er et andet. Ring til din systemansvarlige.")
    return told


def _endpoint(metadata: Mapping[str, Any], name: str) -> str:
    address = metadata.get(name)
    # Whoever is asked by TLS sends nobody on to where others could read along.
    if not isinstance(address, str) or urlsplit(address).scheme != urlsplit(_known().issuer).scheme:
        raise _silent()
    return address


def _fetched(address: str, sent: bytes | None = None) -> dict[str, Any]:
    try:
        request = Request(address, data=sent, headers={"Accept": "application/json"})
        with build_opener(_NoRedirects).open(request, timeout=_PATIENCE) as answer:
            told = json.loads(answer.read(_LONGEST))
    except (URLError, OSError, ValueError):
        raise _silent() from None
    if not isinstance(told, dict):
        raise _silent()
    return told


def _known() -> Any:
    """Whose log-in it is; the pages have asked whether there is one."""
    return settings.PROVIDER


def _silent() -> NotAnswered:
    return NotAnswered("Din organisations log-ind svarer ikke, som det skal. Prøv igen om lidt.")


def _number(told: Any) -> float:
    return float(told) if isinstance(told, int | float) else 0
