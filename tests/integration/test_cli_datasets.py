"""`clipjury datasets`: made, frozen by a worker, exported, verified anywhere, compared."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from tests.factories.rows import make_user
from tests.factories.snapshots import make_crowd, make_retired_clip

from clipjury.cli.demo_datasets import freeze_demo_labels
from clipjury.cli.main import cli
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs.tracked import run_tracked_job
from clipjury.settings import Settings


@pytest.fixture(autouse=True)
def _filled(deps: Deps, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("CLIPJURY_SECRET_KEY", settings.secret_key)
    monkeypatch.setenv("CLIPJURY_STATE_DIR", str(settings.state_dir))
    with transaction() as session:
        admin, crowd = make_user(session, "admin"), make_crowd(session)
        for label in ("manipulated", "authentic", "unsure"):
            for _ in range(4):
                make_retired_clip(session, admin, crowd, label=label, rationale="=why\nnot", source="a, b")


@pytest.fixture
def worker(deps: Deps) -> Iterator[None]:
    """A thread that runs the jobs that are asked for."""
    stopped = threading.Event()

    def work() -> None:
        while not stopped.wait(0.05):
            with transaction() as session:
                waiting = session.execute(text("SELECT id FROM jobs WHERE state = 'queued'")).scalars().all()
            for job_id in waiting:
                run_tracked_job(deps, str(job_id))

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stopped.set()
    thread.join()


def run_cli(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


def ok(*arguments: str) -> Result:
    result = run_cli(*arguments)
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def exported(worker: None, tmp_path: Path) -> Path:
    ok("datasets", "create", "All", "--description", "x")
    ok("datasets", "freeze", "All")
    ok("datasets", "export", "All", "-o", str(tmp_path / "out"))
    return tmp_path / "out"


def test_an_exported_folder_verifies_with_no_database(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {path.name for path in exported.iterdir()} == {
        "labels.csv", "labels.jsonl", "labels.parquet", "manifest.json", "card.md",
    }  # fmt: skip
    monkeypatch.delenv("DATABASE_URL")
    shown = ok("datasets", "verify", str(exported)).output
    content = json.loads((exported / "manifest.json").read_text())["content_sha256"]
    assert shown.count(f"12 rows, content hash {content} as in the manifest") == 3
    for form in ("csv", "jsonl", "parquet"):
        ok("datasets", "verify", str(exported / f"labels.{form}"))


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_changed_label_is_found_and_its_row_named(exported: Path, form: str) -> None:
    path = exported / f"labels.{form}"
    rows = path.read_bytes().splitlines(keepends=True)
    clean = path.read_bytes()
    place = next(n for n, row in enumerate(rows) if b"no_manipulation_found" in row)
    clip_id = next(
        json.loads(line)["clip_id"]
        for line in (exported / "labels.jsonl").read_text().splitlines()
        if "no_manipulation_found" in line
    )
    rows[place] = rows[place].replace(b"no_manipulation_found", b"inconclusive", 1)
    path.write_bytes(b"".join(rows))
    assert path.read_bytes() != clean
    result = run_cli("datasets", "verify", str(exported))
    assert result.exit_code == 1
    assert f"clip {clip_id} was changed" in result.output
    assert f"labels.{form}" in result.output
    assert "the content hash is" in result.output


def test_a_row_that_is_gone_twice_or_not_whole_is_found(exported: Path) -> None:
    path = exported / "labels.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    for broken, said in (
        (lines[1:], "11 rows, where the manifest says 12"),
        ([lines[0], *lines], "out of order"),
        ([lines[1], lines[0], *lines[2:]], "out of order"),
        ([*lines[:-1], lines[-1][:50]], "labels.jsonl:12: this line is no JSON"),
    ):
        path.write_text("".join(broken))
        result = run_cli("datasets", "verify", str(path))
        assert (result.exit_code, said in result.output) == (1, True), result.output
    parquet = exported / "labels.parquet"
    parquet.write_bytes(parquet.read_bytes()[:-10])
    result = run_cli("datasets", "verify", str(parquet))
    assert (result.exit_code, "no whole Parquet file" in result.output) == (1, True)


def test_with_rows_withheld_the_rest_still_proves_itself(exported: Path, tmp_path: Path) -> None:
    with transaction() as session:
        session.execute(
            text("UPDATE clips SET quarantined_at = now() WHERE id = (SELECT min(id::text)::uuid FROM clips)")
        )
    out = tmp_path / "later"
    assert "1 rows are withheld" in ok("datasets", "export", "All", "-o", str(out)).output
    shown = ok("datasets", "verify", str(out)).output
    assert shown.count("11 rows, each unchanged. 1 were withheld") == 3
    path = out / "labels.jsonl"
    path.write_text(path.read_text().replace('"n_votes":3', '"n_votes":4', 1))
    result = run_cli("datasets", "verify", str(out))
    assert (result.exit_code, "was changed" in result.output) == (1, True)


def test_two_exports_and_two_snapshots_are_compared_alike(exported: Path, tmp_path: Path) -> None:
    with transaction() as session:
        clips = session.execute(
            text("SELECT id FROM clips WHERE outcome = 'manipulated' ORDER BY id")
        ).scalars()
        flipped, gone, *_ = clips
        session.execute(
            text(
                "INSERT INTO verdicts (clip_id, sequence, outcome, reason, posterior_id) SELECT clip_id, 2, "
                "'no_manipulation_found', 'cap', posterior_id FROM verdicts WHERE clip_id = :c"
            ),
            {"c": flipped},
        )
        session.execute(
            text("INSERT INTO gold_labels (clip_id, label, source) VALUES (:c, 'authentic', 't')"),
            {"c": gone},
        )
    first, second = (line for line in _snapshots_after_freezing())
    ok("datasets", "export", second, "-o", str(tmp_path / "second"), "--format", "csv")
    stored = ok("datasets", "diff", first, second).output
    files = ok("datasets", "diff", str(exported), str(tmp_path / "second" / "labels.csv")).output
    assert stored == files
    assert f"flipped  {flipped}  manipulated → authentic" in stored
    assert f"removed  {gone}" in stored
    assert stored.splitlines()[-1] == "0 added, 1 removed, 1 flipped"


def _snapshots_after_freezing() -> list[str]:
    ok("datasets", "freeze", "All")
    with transaction() as session:
        return [
            str(found)
            for found in session.execute(text("SELECT id FROM snapshots ORDER BY sequence")).scalars()
        ]


def test_what_cannot_be_done_is_refused_in_one_sentence(tmp_path: Path, worker: None) -> None:
    for arguments, said in (
        (("freeze", "Nothing"), "There is no dataset Nothing"),
        (("create", "X", "--filter", "colour=red"), "is no filter"),
        (("create", "X", "--filter", "outcomes=fake"), "cannot be used"),
        (("create", "X", "--filters", str(tmp_path / "none.json")), "cannot be read"),
        (("verify", str(tmp_path)), "holds no"),
    ):
        result = run_cli("datasets", *arguments)
        assert (result.exit_code, said in result.output) == (2, True), result.output
    ok("datasets", "create", "None", "--filter", "outcomes=authentic", "--filter", "p_people_min=0.5")
    assert run_cli("datasets", "freeze", "None").exit_code == 2
    assert run_cli("datasets", "export", "None", "-o", str(tmp_path / "o")).exit_code == 2
    assert "None" in ok("datasets", "list").output


def test_the_demos_dataset_is_made_and_frozen_once(worker: None) -> None:
    with transaction() as session:
        curator = make_user(session, "curator")
    for _ in range(2):
        freeze_demo_labels(curator)
    with transaction() as session:
        found = session.execute(
            text("SELECT d.name, s.clips_count FROM snapshots s JOIN datasets d ON true")
        ).all()
    assert [tuple(row) for row in found] == [("Demo labels", 12)]


def test_a_demo_in_which_nothing_is_decided_yet_goes_on_without(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with transaction() as session:
        curator = make_user(session, "curator")
        session.execute(text("UPDATE clips SET quarantined_at = now()"))
    freeze_demo_labels(curator)
    assert "nothing to freeze" in capsys.readouterr().out


def test_without_waiting_the_command_returns_at_once(deps: Deps) -> None:
    ok("datasets", "create", "All")
    began = time.monotonic()
    ok("datasets", "freeze", "All", "--no-wait")
    assert time.monotonic() - began < 20
    assert "building" in ok("datasets", "list").output
