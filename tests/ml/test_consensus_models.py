"""What holds of every vote model, and Dawid and Skene's own example."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from tests.factories.anaesthetists import columns

from clipjury_ml.consensus.clipjury import ClipJury
from clipjury_ml.consensus.dawid_skene import DawidSkene
from clipjury_ml.consensus.em import posteriors_under
from clipjury_ml.consensus.methods import VOTE_MODELS
from clipjury_ml.consensus.pooled import PooledDawidSkene
from clipjury_ml.consensus.simulated_crowd import Crowd, simulate_crowd
from clipjury_ml.consensus.simulated_ring import Ring
from clipjury_ml.consensus.vote_model import VoteModel
from clipjury_ml.consensus.votes import Votes, votes_from_columns

MODELS = {**VOTE_MODELS, "clipjury": ClipJury}
CLIMBERS = ("dawid-skene", "dawid-skene-variational", "dawid-skene-pooled", "one-coin")
BY_NAME = pytest.mark.parametrize("name", MODELS)


def crowd_columns(seed: int, n_classes: int = 2, **further: object) -> tuple[list[str], list[str], list[str]]:
    crowd = Crowd(
        n_items=40, n_annotators=9, votes_per_item=4, n_classes=n_classes, unsure_rate=0.05, **further
    )  # type: ignore[arg-type]
    return crowd_columns_of(simulate_crowd(crowd, seed).votes)


def crowd_columns_of(votes: Votes) -> tuple[list[str], list[str], list[str]]:
    return (
        [votes.items[i] for i in votes.item],
        [votes.annotators[w] for w in votes.annotator],
        [votes.responses[r] for r in votes.response],
    )


def by_name(votes: Votes, model: VoteModel) -> dict[str, dict[str, float]]:
    p = model.predict_proba()
    return {item: dict(zip(votes.classes, p[i].tolist(), strict=True)) for i, item in enumerate(votes.items)}


@BY_NAME
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), n_classes=st.integers(2, 4))
def test_posteriors_sum_to_one(name: str, seed: int, n_classes: int) -> None:
    votes = votes_from_columns(*crowd_columns(seed, n_classes))
    p = MODELS[name]().fit(votes).predict_proba()
    assert p.shape == (votes.n_items, votes.n_classes) and (p >= 0).all()
    assert_allclose(p.sum(axis=1), 1.0, atol=1e-12)


@BY_NAME
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), n_classes=st.integers(2, 3))
def test_the_order_of_rows_changes_no_byte(name: str, seed: int, n_classes: int) -> None:
    items, annotators, labels = crowd_columns(seed, n_classes)
    order = np.random.default_rng(seed).permutation(len(items))
    shuffled = [[column[i] for i in order] for column in (items, annotators, labels)]
    one = MODELS[name]().fit(votes_from_columns(items, annotators, labels)).predict_proba()
    other = MODELS[name]().fit(votes_from_columns(*shuffled)).predict_proba()
    assert one.tobytes() == other.tobytes()


@BY_NAME
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), n_classes=st.integers(2, 3))
def test_other_names_give_the_same_answer(name: str, seed: int, n_classes: int) -> None:
    items, annotators, labels = crowd_columns(seed, n_classes)
    new_class = {"0": "z", "1": "m", "2": "a", "unsure": "unsure"}
    renamed = votes_from_columns(
        items, [f"{hash(a) % 97:02d}{a}" for a in annotators], [new_class[label] for label in labels]
    )
    votes = votes_from_columns(items, annotators, labels)
    before = by_name(votes, MODELS[name]().fit(votes))
    after = by_name(renamed, MODELS[name]().fit(renamed))
    for item, shares in before.items():
        for label, p in shares.items():
            assert after[item][new_class[label]] == pytest.approx(p, abs=1e-4)


@pytest.mark.parametrize("name", CLIMBERS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), n_classes=st.integers(2, 4), n_gold=st.integers(0, 10))
def test_the_objective_never_falls(name: str, seed: int, n_classes: int, n_gold: int) -> None:
    votes = votes_from_columns(*crowd_columns(seed, n_classes))
    gold = {item: votes.classes[i % votes.n_classes] for i, item in enumerate(votes.items[:n_gold])}
    objective = np.array(MODELS[name]().fit(votes, gold).objective_)
    assert objective.size and (np.diff(objective) >= -1e-8 * np.abs(objective[:-1])).all()


@pytest.mark.parametrize("name", CLIMBERS)
def test_the_objective_never_falls_with_confidence_and_shared_votes(name: str) -> None:
    votes = simulate_crowd(Crowd(n_items=200, confidence=True, n_classes=3), 3).votes
    items = [votes.items[i] for i in votes.item]
    annotators = [votes.annotators[w] for w in votes.annotator]
    labels = [votes.classes[r] for r in votes.response]
    extra = [votes.classes[(r + 1) % 3] for r in votes.response[:50]]
    both = votes_from_columns(
        items + items[:50], annotators + annotators[:50], labels + extra,
        confidence=[*votes.confidence.tolist(), *votes.confidence[:50].tolist()],
    )  # fmt: skip
    assert both.weight.size and both.confidence.size
    model = MODELS[name](use_confidence=True).fit(both)  # type: ignore[call-arg]
    objective = np.array(model.objective_)
    assert (np.diff(objective) >= -1e-8 * np.abs(objective[:-1])).all()


@BY_NAME
def test_gold_is_answered_as_it_is(name: str) -> None:
    votes = votes_from_columns(*crowd_columns(1))
    gold = dict.fromkeys(votes.items[:6], "1") | dict.fromkeys(votes.items[6:12], "0")
    p = MODELS[name]().fit(votes, gold).predict_proba()
    for i, item in enumerate(votes.items):
        if item in gold:
            assert p[i, votes.classes.index(gold[item])] == 1.0


@pytest.mark.parametrize("name", [*CLIMBERS, "gold-anchored", "clipjury"])
def test_an_annotator_who_flips_a_coin_changes_next_to_nothing(name: str) -> None:
    crowd = simulate_crowd(Crowd(n_items=400, n_annotators=25, mean_skill=0.8, gold_share=0.2), 5)
    drawn, gold = crowd.votes, crowd.gold  # without gold, trust by gold cannot know who flips coins
    items = [drawn.items[i] for i in drawn.item]
    annotators = [drawn.annotators[w] for w in drawn.annotator]
    labels = [drawn.classes[r] for r in drawn.response]
    coin = np.random.default_rng(0).integers(0, 2, len(drawn.items))
    votes = votes_from_columns(items, annotators, labels)
    more = votes_from_columns(
        items + votes.items, annotators + ["~coin"] * votes.n_items, labels + [str(c) for c in coin]
    )
    before, after = MODELS[name]().fit(votes, gold).posteriors_, MODELS[name]().fit(more, gold).posteriors_
    assert np.abs(after - before).mean() < 0.02
    assert (after.argmax(axis=1) != before.argmax(axis=1)).mean() < 0.02


def test_items_without_a_vote_for_a_class_get_the_class_shares() -> None:
    votes = votes_from_columns(
        ["a", "b", "c", "silent"], ["w", "w", "w", "w"], ["x", "x", "y", "unsure"], further_items=["unseen"]
    )
    for build in MODELS.values():
        p = build().fit(votes).predict_proba()
        assert_allclose(p[votes.items.index("unseen")], p[votes.items.index("silent")])
        assert p[votes.items.index("unseen")].max() < 0.9


def test_one_pass_under_the_fitted_tables_gives_the_fitted_posteriors() -> None:
    votes = votes_from_columns(*crowd_columns(2)).heard[0]
    model = PooledDawidSkene(tolerance=1e-12, max_iterations=2000).fit(votes)
    again = posteriors_under(votes, np.full(votes.n_items, -1, np.int32), model.tables_)
    assert_allclose(again, model.posteriors_, atol=1e-12)


def test_dawid_and_skenes_anaesthetists() -> None:
    votes = votes_from_columns(*columns(), every_vote=True)
    assert (votes.item.size, votes.n_items, len(votes.annotators)) == (315, 45, 5)
    model = DawidSkene().fit(votes)
    assert model.class_shares_.round(2).tolist() == [0.40, 0.42, 0.11, 0.07]  # as the paper has them
    grades = dict(zip(votes.items, model.posteriors_.argmax(axis=1) + 1, strict=True))
    assert [item for item, grade in grades.items() if grade == 4] == ["02", "11", "36"]
    assert [item for item, grade in grades.items() if grade == 3] == ["08", "12", "32", "38", "39"]
    assert sum(grade == 1 for grade in grades.values()) == 18
    first = model.confusions_[
        0
    ]  # the paper's table 2: how the first observer grades patients of grade 2 to 4
    assert_allclose(first[1:], [[0.07, 0.88, 0.05, 0], [0, 0.34, 0.66, 0], [0, 0, 0.56, 0.44]], atol=0.01)


def test_a_read_only_installation_without_a_home_compiles_without_a_cache(tmp_path: Path) -> None:
    """Root may write anywhere, so the places where numba would keep its cache are taken by files."""
    package = Path(sys.modules["clipjury_ml.consensus.compiled"].__file__ or "").parents[2]
    copy = tmp_path / "site"
    for path in (package / "clipjury_ml" / "consensus").glob("*.py"):
        target = copy / "clipjury_ml" / "consensus" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    (copy / "clipjury_ml" / "__init__.py").touch()
    (copy / "clipjury_ml" / "consensus" / "__pycache__").write_text("not a folder")
    (tmp_path / "home").write_text("not a folder")
    environment = {
        **os.environ, "PYTHONPATH": str(copy), "HOME": str(tmp_path / "home"), "PYTHONDONTWRITEBYTECODE": "1",
        "XDG_CACHE_HOME": str(tmp_path / "home"),
    }  # fmt: skip
    environment.pop("NUMBA_CACHE_DIR", None)
    program = (
        "from clipjury_ml.consensus.votes import votes_from_columns as v\n"
        "from clipjury_ml.consensus.dawid_skene import DawidSkene\n"
        "import clipjury_ml; print(DawidSkene().fit(v(['a','b'],['w','w'],['x','y'])).posteriors_.shape)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "(2, 2)"


def split(columns_of: tuple[list[str], list[str], list[str]], keep: set[str]) -> Votes:
    """The votes on some of the items."""
    rows = [row for row in zip(*columns_of, strict=True) if row[0] in keep]
    return votes_from_columns(*([row[i] for row in rows] for i in range(3)))


@BY_NAME
@pytest.mark.parametrize("gold_share", [0.0, 0.5])
@pytest.mark.parametrize("with_ring", [False, True])
def test_votes_that_were_fitted_are_answered_as_in_the_fit(
    name: str, gold_share: float, with_ring: bool
) -> None:
    ring = Ring(share=0.35, targets=0.15, knows_gold=True) if with_ring else None
    crowd = Crowd(
        n_items=400,
        n_annotators=20,
        votes_per_item=9,
        mean_skill=0.9,
        gold_share=gold_share,
        unsure_rate=0.05,
        ring=ring,
    )
    drawn = simulate_crowd(crowd, 3)
    model = MODELS[name]().fit(drawn.votes, drawn.gold)
    if isinstance(model, ClipJury) and gold_share:
        assert ("two-faced" in model.models_) == with_ring
    again = model.predict_proba(drawn.votes)
    assert_allclose(again[~drawn.is_gold], model.predict_proba()[~drawn.is_gold], atol=1e-9)


@BY_NAME
def test_a_second_fit_forgets_the_first(name: str) -> None:
    drawn = simulate_crowd(Crowd(n_items=100, n_annotators=10, gold_share=0.3), 1)
    model = MODELS[name]().fit(drawn.votes, drawn.gold).fit(drawn.votes)
    fresh = MODELS[name]().fit(drawn.votes)
    assert model.predict_proba().tobytes() == fresh.predict_proba().tobytes()
    assert model.predict_proba(drawn.votes).tobytes() == fresh.predict_proba(drawn.votes).tobytes()
    assert model.parameters_ == fresh.parameters_


@BY_NAME
@pytest.mark.parametrize("named", ["in neither", "in the fit", "in the other votes", "in both"])
def test_a_word_for_abstentions_that_nobody_uses_is_no_matter(name: str, named: str) -> None:
    """The passes look tables up by annotator x response, unchecked: both sides must count responses alike."""
    crowd = Crowd(n_items=300, n_annotators=12, gold_share=0.3, n_classes=3)
    spoken = simulate_crowd(crowd, 2)  # names `unsure`; nobody says it
    columns_of = crowd_columns_of(spoken.votes)
    plain = votes_from_columns(*columns_of, further_items=spoken.votes.items)
    assert (spoken.votes.n_responses, plain.n_responses) == (4, 3)
    fitted = spoken.votes if named in ("in the fit", "in both") else plain
    other = spoken.votes if named in ("in the other votes", "in both") else plain
    model = MODELS[name]().fit(fitted, spoken.gold)
    again = model.predict_proba(other)
    assert_allclose(again[~spoken.is_gold], model.predict_proba()[~spoken.is_gold], atol=1e-9)


@BY_NAME
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_word_for_abstentions_that_nobody_uses_changes_no_bit(name: str, n_classes: int) -> None:
    """Priors are put on the rates of the responses: a response that nobody gives would weaken them."""
    spoken = simulate_crowd(Crowd(n_items=150, n_annotators=9, gold_share=0.2, n_classes=n_classes), 5)
    plain = votes_from_columns(*crowd_columns_of(spoken.votes), further_items=spoken.votes.items)
    assert (spoken.votes.n_responses, plain.n_responses) == (n_classes + 1, n_classes)
    one, other = (MODELS[name]().fit(votes, spoken.gold) for votes in (spoken.votes, plain))
    assert one.posteriors_.tobytes() == other.posteriors_.tobytes()


@pytest.mark.parametrize("name", [*CLIMBERS, "clipjury"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_confidence_is_placed_as_in_the_fit(name: str, n_classes: int) -> None:
    votes = simulate_crowd(
        Crowd(n_items=200, n_annotators=12, confidence=True, n_classes=n_classes, unsure_rate=0.1), 4
    ).votes
    model = ClipJury() if name == "clipjury" else MODELS[name](use_confidence=True)  # type: ignore[call-arg]
    model.fit(votes)
    assert_allclose(model.predict_proba(votes), model.predict_proba(), atol=1e-9)


@BY_NAME
def test_other_items_are_answered_by_what_was_learnt(name: str) -> None:
    """Nearly as rightly as if they had been fitted too; names in another order, strangers and silence included."""
    crowd = Crowd(
        n_items=900, n_annotators=30, votes_per_item=6, gold_share=0.1, unsure_rate=0.03, mean_skill=0.75
    )
    drawn = simulate_crowd(crowd, 5)
    votes = drawn.votes
    told = ([votes.items[i] for i in votes.item], [votes.annotators[w] for w in votes.annotator],
            [votes.responses[r] for r in votes.response])  # fmt: skip
    first, rest = set(votes.items[:600]), set(votes.items[600:])
    gold = {item: label for item, label in drawn.gold.items() if item in first}
    model = MODELS[name]().fit(split(told, first), gold)
    new = split((told[0] + ["i9999"], told[1] + ["nobody knows"], told[2] + ["1"]), rest | {"i9999"})
    p = model.predict_proba(new)
    assert_allclose(p.sum(axis=1), 1.0, atol=1e-9)
    truth = {item: drawn.truth[i] for i, item in enumerate(votes.items)}
    right = np.mean([p[i].argmax() == truth[item] for i, item in enumerate(new.items) if item in truth])
    whole = MODELS[name]().fit(votes, gold).predict_proba()
    fitted = np.mean([whole[i].argmax() == truth[item] for i, item in enumerate(votes.items) if item in rest])
    assert right > fitted - 0.03
    stranger = p[new.items.index("i9999")]
    assert stranger[1] >= stranger[0] and (stranger.max() < 0.9 or name == "majority"), (
        "one vote of nobody in particular says little"
    )
    before = model.predict_proba().tobytes()
    assert model.predict_proba().tobytes() == before


@BY_NAME
def test_a_class_that_was_not_fitted_is_refused(name: str) -> None:
    model = MODELS[name]().fit(votes_from_columns(["a", "a", "b"], ["x", "y", "x"], ["0", "1", "1"]))
    with pytest.raises(ValueError, match="no class of the fit"):
        model.predict_proba(votes_from_columns(["c"], ["x"], ["2"]))
