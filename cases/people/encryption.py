"""Texts that this installation alone reads: sealed with the newest of its keys (AES-GCM), and read with any of them.

What is sealed says with which key, and is bound to the place where it stands: in another row or column it is refused.
A key without an id is of the time before there were rings; what it wrote says no key and is bound to nothing.
"""

import os
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12


class Key(Protocol):
    """One of a ring, as the settings give it."""

    @property
    def id(self) -> str: ...

    @property
    def secret(self) -> bytes: ...


class CannotBeRead(Exception):
    """What is sealed was changed or moved, or its key is not given; nothing of it is told."""


def seal(text: str, *, of: str) -> bytes:
    """The text encrypted, to be read where it is `of` the same alone."""
    key = settings.CPR_ENCRYPTION_KEYS[0]
    nonce = os.urandom(_NONCE_BYTES)
    return head_of(key) + nonce + AESGCM(key.secret).encrypt(nonce, text.encode(), _bound(key, of))


def unseal(stored: bytes | memoryview, *, of: str) -> str:
    """Raises CannotBeRead."""
    sealed = bytes(stored)
    for key in settings.CPR_ENCRYPTION_KEYS:
        head = head_of(key)
        nonce, content = sealed[len(head) :][:_NONCE_BYTES], sealed[len(head) + _NONCE_BYTES :]
        if not sealed.startswith(head) or len(nonce) < _NONCE_BYTES:
            continue
        try:
            return AESGCM(key.secret).decrypt(nonce, content, _bound(key, of)).decode()
        except InvalidTag:
            continue
    raise CannotBeRead("What is sealed was changed or moved, or was written with a key that is not given.")


def head_of(key: Key) -> bytes:
    """How all begins that is sealed with the key."""
    return f"sf1:{key.id}:".encode() if key.id else b""


def _bound(key: Key, of: str) -> bytes | None:
    return head_of(key) + of.encode() if key.id else None
