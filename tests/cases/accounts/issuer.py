"""A provider of log-ins on this machine, which answers as the standard says, or as a test tells it to lie."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "samtaleflow", "en-lang-hemmelighed-som-kun-klienten-kender"


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEY, STRANGE_KEY = new_key(), new_key()


@dataclass
class Issuer:
    """What it says of itself, and of whoever logs in."""

    port: int = 0
    #: Of the next answer: other claims, or another way to sign; a claim that is None is left out.
    claims: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: Any = KEY
    kid: str = "one"
    metadata: dict[str, Any] = field(default_factory=dict)
    #: What the token's address was asked, and a whole answer in place of its own.
    asked: list[dict[str, str]] = field(default_factory=list)
    token: Any = None
    nonce: str = ""
    challenge: str = ""

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def told(self, path, sent):
        if path == "/.well-known/openid-configuration":
            ways = {"authorization_endpoint": "/log-ind", "token_endpoint": "/token", "jwks_uri": "/keys"}
            return {"issuer": self.address, **{name: self.address + way for name, way in ways.items()}, **self.metadata}
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [public | {"kid": "one", "alg": "RS256", "use": "sig"}]}
        if path == "/token":
            self.asked.append({name: values[0] for name, values in parse_qs(sent).items()})
            return {"id_token": self.signed()} if self.token is None else self.token
        return None

    def signed(self):
        now = int(time.time())
        claims = {
            **{"iss": self.address, "aud": CLIENT, "sub": "emne-1", "iat": now, "exp": now + 300, "auth_time": now},
            **{"nonce": self.nonce, "acr": "betydelig", "preferred_username": "adviser", "cvr": self.cvr},
            **self.claims,
        }
        said = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(said, self.key, algorithm=self.algorithm, headers={"kid": self.kid})

    cvr: str = ""

    def log_in(self, address):
        """What it answers a browser that was sent here: back with a code, and with what it was told to bring along."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.nonce, self.challenge, self.went = asked["nonce"], asked["code_challenge"], asked
        return {"code": "en-kode", "state": asked["state"]}


def serve(issuer):
    class Handler(BaseHTTPRequestHandler):
        def _answer(self):
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            told = issuer.told(urlsplit(self.path).path, sent)
            self.send_response(404 if told is None else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(told if isinstance(told, bytes) else json.dumps(told).encode())

        do_GET = do_POST = _answer

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server
