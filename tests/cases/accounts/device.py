"""A device with passkeys, as a browser would speak for it."""

import hashlib
import json
import re
import secrets
from html import unescape

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData


def options_of(page):
    """What the page asks the browser for."""
    [text] = re.findall(r'data-options="([^"]+)"', page.content.decode())
    return json.loads(unescape(text))["publicKey"]


class Device:
    """Holds one key for one site, and counts how often it was used; a lie can be told by each of its words."""

    def __init__(self, *, origin="http://testserver", site="testserver"):
        self.origin, self.site, self.count = origin, site, 0
        self.id, self._key = secrets.token_bytes(16), ec.generate_private_key(ec.SECP256R1())

    def make(self, options):
        self.user = options["user"]["id"]
        made = AttestedCredentialData.create(bytes(16), self.id, ES256.from_cryptography_key(self._key.public_key()))
        data = self._data(AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT, made)
        return self._answer(
            clientDataJSON=self._client("webauthn.create", options),
            attestationObject=AttestationObject.create("none", data, {}),
        )

    def answer(self, options, *, counts=1, flags=AuthenticatorData.FLAG.UP):
        assert websafe_encode(self.id) in [one["id"] for one in options["allowCredentials"]]
        self.count += counts
        data, client = self._data(flags, b""), self._client("webauthn.get", options)
        signed = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signed)

    def _data(self, flags, made):
        return AuthenticatorData.create(hashlib.sha256(self.site.encode()).digest(), flags, self.count, made)

    def _client(self, what, options):
        return CollectedClientData.create(what, websafe_decode(options["challenge"]), self.origin)

    def _answer(self, **parts):
        key = websafe_encode(self.id)
        said = {name: websafe_encode(bytes(part)) for name, part in parts.items()}
        return json.dumps({"id": key, "rawId": key, "type": "public-key", "response": said})
