"""Settings are read and checked once, and say what to set."""

from __future__ import annotations

from pathlib import Path

import pytest

from clipjury.settings import Settings, SettingsError

GOOD = {"DATABASE_URL": "postgresql:///clipjury?host=/run/x", "CLIPJURY_SECRET_KEY": "k" * 32}


def test_the_driver_is_named_and_defaults_fill_the_rest(tmp_path: Path) -> None:
    settings = Settings.from_env({**GOOD, "CLIPJURY_STATE_DIR": str(tmp_path)})
    assert settings.database_url == "postgresql+psycopg2:///clipjury?host=/run/x"
    assert settings.owner_database_url == settings.database_url
    assert settings.storage_url == (tmp_path / "objects").as_uri()
    assert settings.upload_limit_bytes == 1024**3
    assert settings.broker_url is None


def test_the_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s" * 40 + "\n")
    environment = {"DATABASE_URL": GOOD["DATABASE_URL"], "CLIPJURY_SECRET_KEY_FILE": str(secret)}
    assert Settings.from_env(environment).secret_key == "s" * 40


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        ({"CLIPJURY_OWNER_DATABASE_URL": "sqlite:///x"}, "CLIPJURY_OWNER_DATABASE_URL"),
        ({"CLIPJURY_SECRET_KEY": "short"}, "CLIPJURY_SECRET_KEY"),
        ({"CLIPJURY_SECRET_KEY_FILE": "/not/there"}, "CLIPJURY_SECRET_KEY_FILE"),
        ({"CLIPJURY_SECURE_COOKIES": "perhaps"}, "CLIPJURY_SECURE_COOKIES"),
        ({"CLIPJURY_UPLOAD_LIMIT_MB": "0"}, "CLIPJURY_UPLOAD_LIMIT_MB"),
        ({"CLIPJURY_WORKER_THREADS": "two"}, "CLIPJURY_WORKER_THREADS"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(change: dict[str, str], names: str) -> None:
    with pytest.raises(SettingsError, match=names):
        Settings.from_env({**GOOD, **change})
