"""One frozen settings object, read from the environment and checked once at start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class SettingsError(ValueError):
    """A setting is missing or cannot be used; the message names it and says what to set."""


@dataclass(frozen=True)
class Settings:
    """Everything the installation can be told from outside. Sizes in bytes, durations in seconds."""

    database_url: str
    owner_database_url: str
    state_dir: Path
    secret_key: str
    storage_url: str
    broker_url: str | None
    secure_cookies: bool
    upload_limit_bytes: int
    frontend_dir: Path
    worker_threads: int
    safeguarding_reveal: bool

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read settings from `env` (default: the process environment); raises SettingsError."""
        env = os.environ if env is None else env
        state_dir = Path(env.get("CLIPJURY_STATE_DIR") or ".state").absolute()
        database_url = _database_url(env, "DATABASE_URL")
        return cls(
            database_url=database_url,
            owner_database_url=(
                _database_url(env, "CLIPJURY_OWNER_DATABASE_URL")
                if env.get("CLIPJURY_OWNER_DATABASE_URL")
                else database_url
            ),
            state_dir=state_dir,
            secret_key=_secret_key(env),
            storage_url=env.get("CLIPJURY_STORAGE_URL") or (state_dir / "objects").as_uri(),
            broker_url=env.get("CLIPJURY_BROKER_URL") or None,
            secure_cookies=_flag(env, "CLIPJURY_SECURE_COOKIES", default=False),
            upload_limit_bytes=_whole_number(env, "CLIPJURY_UPLOAD_LIMIT_MB", 1024) * 1024 * 1024,
            frontend_dir=Path(env.get("CLIPJURY_FRONTEND_DIR") or _frontend_beside_source()),
            safeguarding_reveal=_flag(env, "CLIPJURY_SAFEGUARDING_REVEAL", default=True),
            worker_threads=_whole_number(env, "CLIPJURY_WORKER_THREADS", 2),
        )


def _database_url(env: Mapping[str, str], name: str) -> str:
    url = env.get(name, "")
    if not url:
        raise SettingsError(
            f"{name} is not set. Start with ./run up, or set it to postgresql://user@host/database."
        )
    scheme = urlsplit(url).scheme
    if scheme not in {"postgres", "postgresql", "postgresql+psycopg2"}:
        raise SettingsError(f"{name} must be a postgresql:// address; its scheme is {scheme!r}.")
    return "postgresql+psycopg2" + url[len(scheme) :]


def _secret_key(env: Mapping[str, str]) -> str:
    key_file = env.get("CLIPJURY_SECRET_KEY_FILE")
    if key_file:
        path = Path(key_file)
        if not path.is_file():
            raise SettingsError(f"CLIPJURY_SECRET_KEY_FILE names {key_file}, which is no file.")
        key = path.read_text().strip()
    else:
        key = env.get("CLIPJURY_SECRET_KEY", "")
    if len(key) < 32:
        raise SettingsError(
            "CLIPJURY_SECRET_KEY (or the file in CLIPJURY_SECRET_KEY_FILE) needs 32 characters or more."
        )
    return key


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name, "").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise SettingsError(f"{name} must be 1 or 0; it is {text!r}.")


def _whole_number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isdigit() or int(text) < 1:
        raise SettingsError(f"{name} must be a whole number of 1 or more; it is {text!r}.")
    return int(text)


def _frontend_beside_source() -> Path:
    return Path(__file__).resolve().parents[2] / "frontend" / "dist"
