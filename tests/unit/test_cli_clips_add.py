"""`clipjury clips add` on a real database: all or nothing, gold only when asked, original bytes kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.factories.command_line import run_cli
from tests.factories.rows import make_user

from clipjury.adapters.storage import original_key
from clipjury.cli import storing
from clipjury.cli.additions import Addition, Request, check_request, group_id_of
from clipjury.cli.storing import Storing, store_one
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.settings import Settings

HEADER = "path,label,source,kind,licence,sha256,group"


def picture(folder: Path, name: str, mark: str = "") -> Path:
    path = folder / name
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + (mark or name).encode())
    return path


def rows(statement: str) -> list[tuple[object, ...]]:
    with transaction() as session:
        return [tuple(row) for row in session.execute(text(statement))]


def stored(settings: Settings) -> list[Path]:
    return [path for path in (settings.state_dir / "objects").rglob("*") if path.is_file()]


@pytest.fixture
def admin(deps: Deps) -> int:
    with transaction() as session:
        return make_user(session, "admin", email="admin@example.org")


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    for name in ("a.png", "b.png", "c.png"):
        picture(tmp_path, name)
    path = tmp_path / "manifest.csv"
    path.write_text(f"{HEADER}\na.png,real,Agency,image,CC0,,g1\nb.png,fake,,,,,g1\nc.png,fake,,,,,\n")
    return path


def test_a_manifest_is_added_with_its_groups_and_without_its_labels(
    settings: Settings, admin: int, manifest: Path
) -> None:
    result = run_cli(settings, "clips", "add", "--manifest", manifest)
    assert (result.exit_code, result.stdout) == (
        0,
        "3 added, 0 here already, 0 repeated in what was given.\n",
    )
    found = rows(
        "SELECT original_name, source, licence, uploader_id, group_id = id, is_simulated FROM clips ORDER BY 1"
    )
    assert found == [
        ("a.png", "Agency", "CC0", admin, False, False),
        ("b.png", None, None, admin, False, False),
        ("c.png", None, None, admin, True, False),
    ]
    assert rows("SELECT DISTINCT group_id FROM clips WHERE original_name < 'c'") == [(group_id_of("g1"),)]
    assert rows("SELECT * FROM gold_labels") == []
    assert rows("SELECT count(*) FROM outbox WHERE event = 'clip_received'") == [(3,)]


def test_adding_twice_changes_nothing(settings: Settings, admin: int, manifest: Path) -> None:
    run_cli(settings, "clips", "add", "--manifest", manifest)
    result = run_cli(settings, "clips", "add", "--manifest", manifest)
    assert result.stdout.startswith("0 added, 3 here already")
    assert rows("SELECT count(*) FROM clips") == [(3,)]


def test_originals_are_kept_byte_for_byte_under_their_hash(
    deps: Deps, settings: Settings, admin: int, tmp_path: Path
) -> None:
    path = picture(tmp_path, "a.png")
    run_cli(settings, "clips", "add", path)
    content = path.read_bytes()
    key = original_key(hashlib.sha256(content).hexdigest())
    assert b"".join(deps.storage.open_stream(key)) == content
    assert list(deps.incoming_dir.iterdir()) == []


def test_one_bad_row_keeps_all_rows_out_and_is_named_by_its_line(
    settings: Settings, admin: int, manifest: Path
) -> None:
    with manifest.open("a") as file:
        file.write("d.png,fake,,,,,\na.png,perhaps,,,,,\n,fake,,,,,\n")
    result = run_cli(settings, "clips", "add", "--manifest", manifest)
    assert result.exit_code == 2
    assert f"{manifest}:5: " in result.stderr
    assert f"{manifest}:6: the label 'perhaps'" in result.stderr
    assert f"{manifest}:7: the path is missing" in result.stderr
    assert (rows("SELECT * FROM clips"), stored(settings)) == ([], [])


def test_gold_comes_from_the_manifest_only_when_asked(settings: Settings, admin: int, manifest: Path) -> None:
    result = run_cli(settings, "clips", "add", "--manifest", manifest, "--gold-from-manifest")
    assert result.exit_code == 0
    gold = rows(
        "SELECT c.original_name, g.label, g.role FROM gold_labels g JOIN clips c ON c.id = g.clip_id ORDER BY 1"
    )
    assert gold == [
        ("a.png", "authentic", "serve"),
        ("b.png", "manipulated", "serve"),
        ("c.png", "manipulated", "serve"),
    ]
    assert rows("SELECT DISTINCT votes_cap FROM clips") == [(30,)]


def test_gold_from_a_manifest_needs_a_label_in_every_row(
    settings: Settings, admin: int, manifest: Path
) -> None:
    manifest.write_text(f"{HEADER}\na.png,real,,,,,\nb.png,,,,,,\n")
    result = run_cli(settings, "clips", "add", "--manifest", manifest, "--gold-from-manifest")
    assert result.exit_code == 2
    assert f"{manifest}:3: the label is missing" in result.stderr
    assert rows("SELECT * FROM clips") == []


def test_a_clip_that_is_here_cannot_become_gold_and_nothing_else_is_added(
    settings: Settings, admin: int, tmp_path: Path
) -> None:
    old, new = picture(tmp_path, "old.png"), picture(tmp_path, "new.png")
    run_cli(settings, "clips", "add", old)
    result = run_cli(settings, "clips", "add", new, old, "--gold", "authentic")
    assert result.exit_code == 2
    assert "old.png is here already" in result.stderr
    assert rows("SELECT original_name FROM clips") == [("old.png",)]
    assert run_cli(settings, "clips", "add", new, "--gold", "authentic").exit_code == 0
    assert run_cli(settings, "clips", "add", new, "--gold", "authentic").exit_code == 0, (
        "it is this gold already"
    )
    assert run_cli(settings, "clips", "add", new, "--gold", "manipulated").exit_code == 2


def test_a_row_of_the_manifest_says_what_its_gold_is_for(
    settings: Settings, admin: int, manifest: Path
) -> None:
    manifest.write_text(
        f"{HEADER},gold_role\na.png,real,,,,,g1,gate\nb.png,fake,,,,,g1,gate\nc.png,fake,,,,,,\n"
    )
    assert run_cli(settings, "clips", "add", "--manifest", manifest).exit_code == 0
    assert rows("SELECT label, role FROM gold_labels ORDER BY 1") == [
        ("authentic", "gate"),
        ("manipulated", "gate"),
    ]
    assert rows("SELECT original_name FROM clips WHERE queue_priority = 3 ORDER BY 1") == [
        ("a.png",),
        ("b.png",),
    ]


def test_the_gold_of_a_group_has_one_role_and_nothing_is_added_otherwise(
    settings: Settings, admin: int, manifest: Path
) -> None:
    manifest.write_text(f"{HEADER},gold_role\na.png,real,,,,,g1,gate\nb.png,fake,,,,,g1,serve\n")
    result = run_cli(settings, "clips", "add", "--manifest", manifest)
    assert (result.exit_code, "has the role gate for life" in result.stderr) == (2, True)
    manifest.write_text(f"{HEADER},gold_role\na.png,real,,,,,g1,spare\nb.png,,,,,,g1,gate\n")
    result = run_cli(settings, "clips", "add", "--manifest", manifest)
    assert "the gold role 'spare' is none of" in result.stderr
    assert "a row with a gold_role needs its label" in result.stderr
    assert rows("SELECT * FROM clips") == []


def test_a_role_given_on_the_command_line_needs_gold(settings: Settings, admin: int, tmp_path: Path) -> None:
    path = picture(tmp_path, "a.png")
    assert run_cli(settings, "clips", "add", path, "--gold-role", "gate").exit_code == 2
    assert (
        run_cli(settings, "clips", "add", path, "--gold", "manipulated", "--gold-role", "calibrate").exit_code
        == 0
    )
    assert rows("SELECT label, role, origin FROM gold_labels") == [("manipulated", "calibrate", "import")]
    listed = run_cli(settings, "gold", "list")
    assert listed.stdout.split() == ["calibrate", "manipulated", "1", "of", "them", "drawn", "0"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("a.png", "--manifest", "m.csv"),
        ("a.png", "--gold-from-manifest"),
        ("--manifest", "m.csv", "--gold", "authentic", "--gold-from-manifest"),
    ],
)
def test_options_that_contradict_each_other_are_refused(arguments: tuple[str, ...]) -> None:
    assert run_cli(None, "clips", "add", *arguments).exit_code == 2


def test_the_uploader_is_the_only_admin_or_whoever_is_named(
    settings: Settings, deps: Deps, tmp_path: Path
) -> None:
    path = picture(tmp_path, "a.png")
    nobody = run_cli(settings, "clips", "add", path)
    assert (nobody.exit_code, "--as EMAIL" in nobody.stderr) == (2, True)
    with transaction() as session:
        for name in ("one", "two"):
            make_user(session, "admin", email=f"{name}@example.org")
    assert "There are 2 active admins" in run_cli(settings, "clips", "add", path).stderr
    assert "no active account" in run_cli(settings, "clips", "add", path, "--as", "three@example.org").stderr
    assert run_cli(settings, "clips", "add", path, "--as", " Two@example.org").exit_code == 0
    assert rows("SELECT u.email FROM clips c JOIN users u ON u.id = c.uploader_id") == [("two@example.org",)]


def test_a_file_that_changes_after_it_was_checked_is_not_stored_under_the_old_hash(
    deps: Deps, settings: Settings, admin: int, tmp_path: Path
) -> None:
    path = picture(tmp_path, "a.png")
    addition: Addition = check_request(Request("x", path), 1000)
    path.write_bytes(path.read_bytes() + b" and more")
    with pytest.raises(storing.Refusal, match="was changed"):
        store_one(deps, addition, None, Storing(admin))
    assert (rows("SELECT * FROM clips"), stored(settings)) == ([], [])


def test_names_lose_what_a_terminal_would_act_on(settings: Settings, admin: int, tmp_path: Path) -> None:
    path = picture(tmp_path, "a\x1b[31m\n.png")
    assert run_cli(settings, "clips", "add", path).exit_code == 0
    assert rows("SELECT original_name FROM clips") == [("a[31m.png",)]


def test_waiting_ends_when_every_clip_is_through_and_tells_which_failed(
    settings: Settings, admin: int, manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_cli(settings, "clips", "add", "--manifest", manifest)
    rounds: list[float] = []

    def work_meanwhile(seconds: float) -> None:
        """Stands in for the pause, in which the worker gets on."""
        rounds.append(seconds)
        with transaction() as session:
            session.execute(text("UPDATE clips SET state = 'processing' WHERE state = 'received'"))
            if len(rounds) == 2:
                session.execute(text("UPDATE clips SET state = 'open' WHERE original_name <> 'b.png'"))
            if len(rounds) == 3:
                session.execute(
                    text(
                        "UPDATE clips SET state = 'failed', failure_code = 'truncated', "
                        "failure_detail = 'It is cut off.' WHERE original_name = 'b.png'"
                    )
                )

    monkeypatch.setattr(storing.time, "sleep", work_meanwhile)
    result = run_cli(settings, "clips", "add", "--manifest", manifest, "--wait")
    assert len(rounds) == 3
    assert result.exit_code == 1
    assert "2 ready, 1 cannot be judged." in result.stdout
    assert "b.png: truncated: It is cut off." in result.stderr


def test_files_may_be_published_only_where_whoever_adds_them_agrees(
    settings: Settings, admin: int, tmp_path: Path
) -> None:
    run_cli(settings, "clips", "add", picture(tmp_path, "kept.png"))
    run_cli(settings, "clips", "add", picture(tmp_path, "given.png"), "--media-consent")
    assert sorted(rows("SELECT original_name, media_consent FROM clips")) == [
        ("given.png", True),
        ("kept.png", False),
    ]
