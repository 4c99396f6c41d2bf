"""Settings from the environment, checked at the start; unsafe ones are refused with the reason."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from hospice.core import clock

LOCALES = ("en", "zh_Hans")
_LOCALE_NAMES = {
    "en": "en",
    "zh": "zh_Hans",
    "zh-hans": "zh_Hans",
    "zh_hans": "zh_Hans",
    "zh-cn": "zh_Hans",
    "zh_cn": "zh_Hans",
}
_TOP = Path(__file__).resolve().parent.parent
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class UnsafeSettings(Exception):
    """A setting that would lose data or let a stranger in; the message says which and why."""


@dataclass(frozen=True)
class Settings:
    """What the environment decides; everything else is kept in the database."""

    database_url: str
    secret_key: str
    base_url: str
    smtp_url: str | None
    mail_from: str
    timezone: str
    locale: str
    instance_dir: Path
    letter_font: str

    @property
    def is_https(self) -> bool:
        """Tell whether people reach the app over HTTPS, so that cookies may insist on it."""
        return self.base_url.startswith("https://")


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raise UnsafeSettings with a plain reason."""
    env = os.environ if environ is None else environ
    # not where the command is typed: `flask run-jobs` must find the same hospice from anywhere
    instance = Path(env.get("INSTANCE_DIR") or _TOP / "instance").absolute()
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UnsafeSettings(
            f"The folder {instance} cannot be written. Set INSTANCE_DIR to one that can."
        ) from error
    locale = _LOCALE_NAMES.get((env.get("LOCALE") or "en").lower())
    if locale is None:
        raise UnsafeSettings("LOCALE must be en or zh_Hans.")
    zone = env.get("TIMEZONE") or "Asia/Shanghai"
    if not clock.is_zone(zone):
        raise UnsafeSettings(f"TIMEZONE {zone!r} is not known. Use a name such as Asia/Shanghai.")
    smtp = env.get("SMTP_URL") or None
    if smtp and urlsplit(smtp).scheme not in {"smtp", "smtps"}:
        raise UnsafeSettings("SMTP_URL must begin with smtp:// or smtps://.")
    return Settings(
        database_url=_database_url(env.get("DATABASE_URL"), instance),
        secret_key=_secret_key(env.get("SECRET_KEY"), instance),
        base_url=_base_url(env.get("BASE_URL") or "http://localhost:8000"),
        smtp_url=smtp,
        mail_from=env.get("MAIL_FROM") or "Alongside <alongside@localhost>",
        timezone=zone,
        locale=locale,
        instance_dir=instance,
        # one that is missing is passed over: a font is no reason not to start
        letter_font=env.get("LETTER_FONT") or "",
    )


def _database_url(url: str | None, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'alongside.sqlite3'}"
    if url.startswith("sqlite"):
        if ":memory:" in url or url in {"sqlite://", "sqlite:///"}:
            raise UnsafeSettings("DATABASE_URL names a database in memory; nothing would be kept.")
        return url
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if url.startswith("postgresql+psycopg://"):
        return url
    raise UnsafeSettings("DATABASE_URL must begin with sqlite:/// or postgresql://.")


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise UnsafeSettings("BASE_URL must be an address such as https://roster.example.org.")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise UnsafeSettings(
            "BASE_URL must begin with https:// when people reach it from other machines; "
            "over http their passwords and patients' names could be read on the way."
        )
    return url.rstrip("/")


def _secret_key(given: str | None, instance: Path) -> str:
    if given:
        if len(given) < 32:
            raise UnsafeSettings("SECRET_KEY is too short; use at least 32 random characters.")
        return given
    path = instance / "secret_key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    except OSError as error:
        raise UnsafeSettings(
            f"The folder {instance} cannot be written. Set INSTANCE_DIR."
        ) from error
    else:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise UnsafeSettings(f"{path} can be read by others. Run: chmod 600 {path}")
    key = path.read_text().strip()
    if len(key) < 32:
        raise UnsafeSettings(f"{path} is damaged. Move it away and start again; all sign in anew.")
    return key
