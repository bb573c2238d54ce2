"""`clipjury consensus`, as interfaces promise it: files in, files out, bad rows refused."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from click.testing import Result
from tests.factories.command_line import run_cli

from clipjury.cli.consensus import METHODS
from clipjury_ml.consensus import methods

VOTES = """item,worker,label
i1,ann,fake
i1,bob,fake
i1,eve,real
i2,ann,real
i2,bob,real
i10,ann,Unsure
i10,eve,real
"""


def run(folder: Path, votes: str | bytes = VOTES, *arguments: object, name: str = "votes.csv") -> Result:
    path = folder / name
    path.write_bytes(votes if isinstance(votes, bytes) else votes.encode())
    return run_cli(None, "consensus", path, "-o", folder / "labels.csv", *arguments)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def put(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_labels_have_one_row_an_item_in_the_promised_columns(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 0, result.output
    header = (tmp_path / "labels.csv").read_text().split("\n")[0]
    assert header == "item,label,p_fake,p_real,n_votes,n_effective,entropy,is_gold"
    written = rows(tmp_path / "labels.csv")
    assert [row["item"] for row in written] == ["i1", "i10", "i2"]  # by code point
    assert [row["n_votes"] for row in written] == ["3", "2", "2"]
    assert [row["label"] for row in written] == ["fake", "real", "real"]
    for row in written:
        assert float(row["p_fake"]) + float(row["p_real"]) == pytest.approx(1.0, abs=1e-12)
        assert row["is_gold"] == "0" and float(row["entropy"]) >= 0
        assert 0 <= float(row["n_effective"]) <= float(row["n_votes"])


def test_the_same_input_gives_the_same_bytes_in_any_order_of_rows(tmp_path: Path) -> None:
    run(tmp_path, VOTES, "--annotators-out", tmp_path / "a1.csv")
    first = (tmp_path / "labels.csv").read_bytes()
    header, *lines = VOTES.strip().split("\n")
    run(tmp_path, "\n".join([header, *reversed(lines)]), "--annotators-out", tmp_path / "a2.csv")
    assert (tmp_path / "labels.csv").read_bytes() == first
    assert (tmp_path / "a1.csv").read_bytes() == (tmp_path / "a2.csv").read_bytes()


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="SKIPPED: one core, where BLAS starts no second thread")
def test_no_second_thread_of_blas_waits_beside_the_first(tmp_path: Path) -> None:
    """It would double the CPU seconds, and add up in an order that depends on the number of cores."""
    votes = tmp_path / "votes.csv"
    votes.write_text("item,worker,label\na,x,1\na,y,1\nb,x,0\nb,y,0\n")
    program = (
        "import os, sys; from click.testing import CliRunner; from clipjury.cli.consensus import consensus\n"
        "assert CliRunner().invoke(consensus, [sys.argv[1], '-o', sys.argv[1] + '.out']).exit_code == 0\n"
        "print(len(os.listdir('/proc/self/task')))"
    )
    unset = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}

    def threads(**given: str) -> int:
        command = [sys.executable, "-c", program, str(votes)]
        return int(
            subprocess.run(command, check=True, capture_output=True, text=True, env=unset | given).stdout
        )

    assert threads() == threads(OPENBLAS_NUM_THREADS="1") < threads(OPENBLAS_NUM_THREADS="2")


@pytest.mark.parametrize("method", METHODS)
def test_every_method_answers(tmp_path: Path, method: str) -> None:
    gold = put(tmp_path, "gold.csv", "item,label\ni1,real\n")
    result = run(tmp_path, VOTES, "--method", method, "--gold", gold, "--report", tmp_path / "r.json")
    assert result.exit_code == 0, result.output
    assert json.loads((tmp_path / "r.json").read_text())["method"] == method
    by_item = {row["item"]: row for row in rows(tmp_path / "labels.csv")}
    assert (by_item["i1"]["label"], by_item["i1"]["p_real"], by_item["i1"]["is_gold"]) == ("real", "1.0", "1")


def test_the_methods_in_help_are_the_librarys() -> None:
    assert METHODS == methods.METHODS


def test_holdout_gold_prints_the_answer_without_the_label(tmp_path: Path) -> None:
    gold = put(tmp_path, "gold.csv", "item,label\ni1,real\n")
    run(tmp_path, VOTES, "--gold", gold, "--holdout-gold")
    first = rows(tmp_path / "labels.csv")[0]
    assert first["is_gold"] == "1" and 0 < float(first["p_real"]) < 1 and first["label"] == "fake"


def test_items_without_votes_come_from_scores_and_gold(tmp_path: Path) -> None:
    gold = put(tmp_path, "gold.csv", "item,label\nonly_gold,fake\n")
    scores = put(tmp_path, "scores.csv", "item,p_fake,p_real\nonly_scored,0.9,0.1\ni1,.2,.795\n")
    result = run(tmp_path, VOTES, "--gold", gold, "--scores", scores)
    assert result.exit_code == 0, result.output
    by_item = {row["item"]: row for row in rows(tmp_path / "labels.csv")}
    assert by_item["only_gold"]["n_votes"] == "0" and by_item["only_gold"]["label"] == "fake"
    assert float(by_item["only_scored"]["p_fake"]) > float(by_item["i2"]["p_fake"])


@pytest.mark.parametrize("naming", ["fake,real", "p_fake,p_real", "pfake,preal"])
def test_score_columns_may_be_named_three_ways(tmp_path: Path, naming: str) -> None:
    scores = put(tmp_path, "scores.csv", f"item,{naming}\ni1,0.01,0.99\n")
    assert run(tmp_path, VOTES, "--scores", scores).exit_code == 0
    plain = run(tmp_path)
    assert plain.exit_code == 0
    header = (tmp_path / "labels.csv").read_text().split("\n")[0]
    assert header.startswith("item,label,p_fake,p_real,n_votes")


def test_several_detectors_are_told_apart(tmp_path: Path) -> None:
    text = "item,detector,p_fake,p_real\ni1,a,0.9,0.1\ni1,b,0.1,0.9\ni2,a,0.9,0.1\n"
    scores = put(tmp_path, "scores.csv", text)
    result = run(tmp_path, VOTES, "--scores", scores, "--report", tmp_path / "r.json")
    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["counts"]["scored_items"] == 2 and report["detectors"] == "uncalibrated"


def test_versions_families_and_conditions_are_read_and_told(tmp_path: Path) -> None:
    text = (
        "item,detector,version,family,condition,p_fake,p_real\n"
        "i1,a,1,,dark,0.9,0.1\ni1,a,2,,dark,0.9,0.1\ni2,a,2,,,0.2,0.8\ni1,b,,net,light,0.1,0.9\ni2,c,,net,,.5,.5\n"
    )
    scores = put(tmp_path, "scores.csv", text)
    gold = put(tmp_path, "gold.csv", "item,label\ni1,fake\n")
    result = run(tmp_path, VOTES, "--scores", scores, "--gold", gold, "--report", tmp_path / "r.json")
    assert result.exit_code == 0, result.output
    told = json.loads((tmp_path / "r.json").read_text())["parameters"]["detectors"]
    assert {name: entry["family"] for name, entry in told.items()} == {
        "a 1": "a", "a 2": "a", "b": "net", "c": "net"
    }  # fmt: skip
    assert told["a 2"]["conditions"]["dark"]["answered"] == 1 and told["a 2"]["answered"] == 2
    assert told["b"]["conditions"]["light"]["gold"] == 1


def test_two_copies_of_one_family_give_the_labels_of_one(tmp_path: Path) -> None:
    one = put(tmp_path, "one.csv", "item,detector,p_fake,p_real\ni1,a,.9,.1\ni2,a,.3,.7\n")
    assert run(tmp_path, VOTES, "--scores", one).exit_code == 0
    alone = (tmp_path / "labels.csv").read_bytes()
    header = "item,detector,family,p_fake,p_real\n"
    rows_of = "i1,{0},f,.9,.1\ni2,{0},f,.3,.7\n"
    both = put(tmp_path, "both.csv", header + rows_of.format("a") + rows_of.format("b"))
    assert run(tmp_path, VOTES, "--scores", both).exit_code == 0
    assert (tmp_path / "labels.csv").read_bytes() == alone


def test_a_class_may_be_called_like_a_column_of_scores(tmp_path: Path) -> None:
    votes = "item,worker,label\ni1,w,family\ni2,w,friend\ni1,v,family\n"
    scores = put(tmp_path, "scores.csv", "item,family,friend\ni1,.9,.1\n")
    assert run(tmp_path, votes, "--scores", scores).exit_code == 0
    assert rows(tmp_path / "labels.csv")[0]["label"] == "family"


def test_what_is_declared_of_detectors_changes_no_byte_of_the_workers(tmp_path: Path) -> None:
    gold = put(tmp_path, "gold.csv", "item,label\ni1,real\n")
    run(tmp_path, VOTES, "--gold", gold, "--annotators-out", tmp_path / "a1.csv")
    text = "item,detector,version,family,condition,p_fake,p_real\ni1,a,1,x,dark,.9,.1\ni2,b,,x,light,.9,.1\n"
    scores = put(tmp_path, "scores.csv", text)
    run(tmp_path, VOTES, "--gold", gold, "--scores", scores, "--annotators-out", tmp_path / "a2.csv")
    assert (tmp_path / "a1.csv").read_bytes() == (tmp_path / "a2.csv").read_bytes()


def test_unsure_is_an_abstention_and_can_be_named_or_be_a_class(tmp_path: Path) -> None:
    run(tmp_path, VOTES, "--report", tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text())["counts"]["abstentions"] == 1
    run(tmp_path, VOTES.replace("Unsure", "dunno"), "--unsure", "DUNNO", "--report", tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text())["classes"] == ["fake", "real"]
    run(tmp_path, VOTES, "--classes", "Unsure", "--report", tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text())["classes"] == ["Unsure", "fake", "real"]
    gold = put(tmp_path, "gold.csv", "item,label\ni10,Unsure\n")
    run(tmp_path, VOTES, "--gold", gold, "--report", tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text())["classes"] == ["Unsure", "fake", "real"]


def test_repeats_are_settled_and_counted(tmp_path: Path) -> None:
    with_t = "item,worker,label,t\na,w,x,1\na,w,y,2\nb,w,x,1\n"
    assert run(tmp_path, with_t, "--report", tmp_path / "r.json").exit_code == 0
    assert json.loads((tmp_path / "r.json").read_text())["counts"]["superseded_votes"] == 1
    without = "item,worker,label\na,w,x\na,w,y\nb,w,x\nb,w,x\n"
    assert run(tmp_path, without, "--report", tmp_path / "r.json").exit_code == 0
    counts = json.loads((tmp_path / "r.json").read_text())["counts"]
    assert (counts["collapsed_votes"], counts["shared_votes"], counts["votes"]) == (1, 2, 2)


BAD = [
    ("item,worker,label\na,w,x\n,w,x\n", 3, "item is missing"),
    ("item,worker,label\na,,x\n", 2, "worker is missing"),
    ("item,worker,label\na,w, \n", 2, "label is missing"),
    ("item,worker,label\na,w\n", 2, "2 fields in place of 3"),
    ("item,worker,label,confidence\na,w,x,1.2\n", 2, "confidence is not a number in [0, 1]"),
    ("item,worker,label,confidence\na,w,x,high\n", 2, "confidence is not a number in [0, 1]"),
    ("item,worker,label,confidence\na,w,x,nan\n", 2, "confidence is not a number in [0, 1]"),
    ("item,worker,label,t\na,w,x,yesterday\n", 2, "t is not a number"),
    ('item,worker,label\n"a\nb",w,x\n\n,w,x\n', 5, "item is missing"),
]


@pytest.mark.parametrize(("text", "line", "reason"), BAD)
def test_bad_votes_are_refused_with_file_and_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    result = run(tmp_path, text, "--report", tmp_path / "r.json")
    assert result.exit_code == 2
    assert f"votes.csv:{line}: {reason}" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["votes.csv"]


@pytest.mark.parametrize(("text", "_line", "reason"), BAD)
def test_bad_votes_can_be_left_out_and_are_counted(
    tmp_path: Path, text: str, _line: int, reason: str
) -> None:
    text += "good,w,x" + ",1" * (text.split("\n")[0].count(",") - 2) + "\n"
    result = run(tmp_path, text, "--skip-bad-rows", "--report", tmp_path / "r.json")
    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["counts"]["bad_rows"] == 1 and reason in report["bad_rows"][0]
    assert rows(tmp_path / "labels.csv")[-1]["item"] == "good"
    assert "" not in [row["item"] for row in rows(tmp_path / "labels.csv")]


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("scores", "item,p_fake,p_real\ni1,0.5,0.4\n", "scores.csv:2: the scores do not sum to 1"),
        ("scores", "item,p_fake,p_real\ni1,1.5,-0.5\n", "scores.csv:2: a score is not a number in [0, 1]"),
        ("scores", "item,p_fake,p_real\ni1,x,0.5\n", "scores.csv:2: a score is not a number in [0, 1]"),
        ("scores", "item,p_fake,p_real\n,0.5,0.5\n", "scores.csv:2: item is missing"),
        ("scores", "item,p_fake,p_real\ni1,.5,.5\ni1,.5,.5\n", "scores.csv:3: item i1 already has scores"),
        (
            "scores",
            "item,detector,family,p_fake,p_real\ni1,a,x,.5,.5\ni2,a,y,.5,.5\n",
            "scores.csv:3: a already has family x",
        ),
        ("scores", "item,version,p_fake,p_real\ni1,2,.5,.5\ni1,2,.5,.5\n", "scores.csv:3: item i1 already"),
        ("scores", "item\ni1\n", "scores.csv:1: has no column for a class"),
        ("gold", "item,label\ni1,\n", "gold.csv:2: label is missing"),
        ("gold", "item,label\ni1,real\ni1,fake\n", "gold.csv:3: item i1 already has another label"),
        ("gold", "thing,label\ni1,real\n", "gold.csv:1: has no column item"),
    ],
)
def test_bad_scores_and_gold_are_refused(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    result = run(tmp_path, VOTES, f"--{name}", put(tmp_path, f"{name}.csv", text))
    assert result.exit_code == 2 and complaint in result.stderr
    assert not (tmp_path / "labels.csv").exists()


@pytest.mark.parametrize("text", ["", "\n", "item,worker,label\n", "a,b\n1,2\n"])
def test_what_is_no_table_of_votes_is_refused(tmp_path: Path, text: str) -> None:
    result = run(tmp_path, text)
    assert result.exit_code == 2 and result.stderr.startswith("Error: ") and "Traceback" not in result.output


def test_a_table_of_votes_alone_may_be_empty_where_scores_answer(tmp_path: Path) -> None:
    scores = put(tmp_path, "scores.csv", "item,fake,real\ni1,0.9,0.1\n")
    result = run(tmp_path, "item,worker,label\n", "--scores", scores)
    assert result.exit_code == 0, result.output
    assert rows(tmp_path / "labels.csv")[0]["label"] == "fake"


def test_old_outputs_stay_where_a_run_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "labels.csv", "old\n")
    assert run(tmp_path, "item,worker,label\n,w,x\n").exit_code == 2
    assert (tmp_path / "labels.csv").read_text() == "old\n"


def test_nothing_is_written_where_one_output_cannot_be(tmp_path: Path) -> None:
    result = run(tmp_path, VOTES, "--report", tmp_path / "nowhere" / "r.json")
    assert result.exit_code == 2 and "nowhere" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["votes.csv"]


def test_tsv_and_parquet_give_the_same_bytes(tmp_path: Path) -> None:
    run(tmp_path)
    expected = (tmp_path / "labels.csv").read_bytes()
    run(tmp_path, VOTES.replace(",", "\t"), name="votes.tsv")
    assert (tmp_path / "labels.csv").read_bytes() == expected
    with_bom = b"\xef\xbb\xbf" + VOTES.replace("\n", "\r\n").encode()
    run(tmp_path, with_bom)
    assert (tmp_path / "labels.csv").read_bytes() == expected
    header, *lines = (line.split(",") for line in VOTES.strip().split("\n"))
    table = pa.table({name: [line[i] for line in lines] for i, name in enumerate(header)})
    pyarrow.parquet.write_table(table, tmp_path / "votes.parquet")
    result = run_cli(None, "consensus", tmp_path / "votes.parquet", "-o", tmp_path / "labels.csv")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "labels.csv").read_bytes() == expected


def test_numbers_in_parquet_are_labels_too(tmp_path: Path) -> None:
    table = pa.table({"item": [1, 2, 1], "worker": [7, 7, 8], "label": [0, 1, None]})
    pyarrow.parquet.write_table(table, tmp_path / "votes.parquet")
    arguments = ("consensus", tmp_path / "votes.parquet", "-o", tmp_path / "labels.csv")
    refused = run_cli(None, *arguments)
    assert refused.exit_code == 2 and "votes.parquet:3: label is missing" in refused.stderr
    assert run_cli(None, *arguments, "--skip-bad-rows").exit_code == 0
    assert [row["label"] for row in rows(tmp_path / "labels.csv")] == ["0", "1"]


def test_annotators_are_told_with_intervals_and_flags(tmp_path: Path) -> None:
    gold = put(tmp_path, "gold.csv", "item,label\ni1,fake\n")
    run(tmp_path, VOTES + "i3,zoe,real\n", "--gold", gold, "--annotators-out", tmp_path / "a.csv")
    written = rows(tmp_path / "a.csv")
    assert list(written[0]) == ["worker", "n_votes", "skill", "skill_low", "skill_high", "weight", "flags"]
    assert [row["worker"] for row in written] == ["ann", "bob", "eve", "zoe"]
    for row in written:
        assert 0 <= float(row["skill_low"]) <= float(row["skill"]) <= float(row["skill_high"]) <= 1
    assert written[-1]["flags"].split(";") == ["few_votes", "no_gold"]


def test_help_answers_without_what_computes() -> None:
    program = (
        "import sys; from clipjury.cli.main import cli\n"
        "try: cli(['consensus', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'numba', 'numpy', 'scipy', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_it_runs_without_any_setting_of_the_platform(tmp_path: Path) -> None:
    votes = put(tmp_path, "votes.csv", VOTES)
    program = Path(sys.executable).with_name("clipjury")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    command = [program, "consensus", votes, "-o", tmp_path / "labels.csv"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(rows(tmp_path / "labels.csv")) == 3


def test_intervals_stand_behind_the_promised_columns(tmp_path: Path) -> None:
    gold = put(tmp_path, "gold.csv", "item,label\ni1,fake\n")
    assert run(tmp_path, VOTES, "--gold", gold, "--intervals").exit_code == 0
    written = rows(tmp_path / "labels.csv")
    assert list(written[0])[-5:] == ["is_gold", "low_fake", "high_fake", "low_real", "high_real"]
    for row in written:
        assert float(row["low_real"]) <= float(row["p_real"]) + 1e-9
        assert float(row["p_real"]) <= float(row["high_real"]) + 1e-9
    assert (written[0]["low_fake"], written[0]["high_fake"]) == ("1.0", "1.0")
    assert float(written[1]["high_real"]) - float(written[1]["low_real"]) > 0.1


def test_scores_for_the_abstention_are_refused(tmp_path: Path) -> None:
    scores = put(tmp_path, "scores.csv", "item,p_fake,p_real,p_unsure\ni1,.5,.3,.2\n")
    result = run(tmp_path, VOTES, "--scores", scores)
    assert result.exit_code == 2 and "abstention" in result.stderr
    assert run(tmp_path, VOTES, "--scores", scores, "--classes", "unsure").exit_code == 0
