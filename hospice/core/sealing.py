"""Words that lie sealed in the database: a copy of it alone gives nobody the key to a service."""

import base64
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import Text
from sqlalchemy.types import TypeDecorator

MARK = "sealed:1:"  # what is sealed begins so; the number stands for how
_PURPOSE = b"alongside: what lies sealed in the database"


def seal(words: str, secret_key: str) -> str:
    """Return words as only the holder of the secret key can read them; empty stays empty."""
    if not words:
        return ""
    return MARK + _fernet(secret_key).encrypt(words.encode()).decode("ascii")


def unseal(kept: str, secret_key: str) -> str:
    """Return what was sealed; empty when it was sealed with another key, or was damaged.

    What lies there unsealed is given as it is: it was written before anything was sealed.
    """
    if not kept.startswith(MARK):
        return kept
    try:
        return _fernet(secret_key).decrypt(kept.removeprefix(MARK).encode()).decode()
    except (InvalidToken, ValueError):
        return ""


# A key that signs sign-ins is never used as it is for anything else.
@lru_cache(maxsize=4)
def _fernet(secret_key: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(key))


class SealedText(TypeDecorator[str]):
    """A column whose words are sealed as they are written, and read with the app's secret key."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """Seal what is written."""
        return None if value is None else seal(value, _secret_key())

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        """Read what lies there."""
        return None if value is None else unseal(value, _secret_key())


def _secret_key() -> str:
    key: str = current_app.config["SETTINGS"].secret_key
    return key
