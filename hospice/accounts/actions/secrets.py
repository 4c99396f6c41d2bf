"""Hashing passwords, a few at a time, and comparing them in the same time for everyone."""

from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from hospice.accounts.rules import normal_password

_passwords = PasswordHash((Argon2Hasher(),))
# argon2 takes 64 MiB a hash: a burst of sign-ins must not exhaust a small machine.
_hashing = BoundedSemaphore(2)
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$Vy0EBLVpDOmYoTRg3tMSZw$" + "A" * 43


def cheapen_hashing() -> None:
    """Make hashes quick, for tests alone."""
    global _passwords, _NOBODY  # noqa: PLW0603
    _passwords = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    _NOBODY = _passwords.hash("nobody at all")


def hash_password(password: str) -> str:
    """Return the stored form of a password; takes a quarter of a second, so hold no lock."""
    with _hashing:
        return _passwords.hash(normal_password(password))


def check_password(password: str, stored_hash: str | None) -> tuple[bool, str | None]:
    """Tell whether a password matches, and return a better hash where the stored one is old.

    It takes as long when there is no such user.
    """
    with _hashing:
        try:
            matches, better = _passwords.verify_and_update(
                normal_password(password), stored_hash or _NOBODY
            )
        except Exception:  # noqa: BLE001 - a damaged hash must not sign anyone in
            return False, None
    if stored_hash is None or not matches:
        return False, None
    return True, better
