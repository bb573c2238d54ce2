"""The proof's clips: who is in which part, and the files. A person is in one part only, with all their clips."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from bench._loop_proof_people import Edit, Image, Person, as_person, choose_donor, draw_person

from clipjury_ml.training.degradation import frame_history
from clipjury_ml.training.held_out_swaps import LOOKS, choose_take, write_clips
from clipjury_ml.training.portraits import in_dev_split, load_portrait, read_manifest

UNSEEN_SHARE = 0.1  # of the portraits: those that the bundled detector was not trained on
VALIDATION_SHARE = 0.2
EIGENFACES_OF = 200


@dataclass(frozen=True)
class Clip:
    """A file with its truth; `family` is how it was manipulated, or what it is the authentic twin of."""

    id: str
    path: Path
    group: str
    source: str
    split: str
    family: str
    is_manipulated: bool

    @property
    def sha256(self) -> str:
        """Of the file."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Sizes:
    """How many people are labelled, are tested on, are gold of some role, and have clips of the known family too (the
    first of those tested on). Two clips come of each."""

    labelled: int = 150
    tested: int = 59
    gold: int = 30
    known: int = 59


@dataclass(frozen=True)
class Material:
    """labelled: clips for reviewers, split into train and validation; tested and known: clips that nobody votes on
    or trains with, of the new family and of one the detector knows; gold: people set aside for gold of any role."""

    labelled: tuple[Clip, ...]
    tested: tuple[Clip, ...]
    known: tuple[Clip, ...]
    gold: frozenset[str]


def deal(identities: Sequence[str], sizes: Sequence[int], seed: int) -> list[list[str]]:
    """Parts of the given sizes, each person in one; raises ValueError where there are too few people."""
    if len(set(identities)) < sum(sizes):
        raise ValueError(f"{sum(sizes)} people are needed, there are {len(set(identities))}")
    order = np.random.default_rng([seed, 11]).permutation(sorted(set(identities)))
    ends = np.cumsum(sizes)
    return [order[end - size : end].tolist() for size, end in zip(sizes, ends, strict=True)]


def film_family(
    people: Sequence[Person],
    family: str,
    edit: Edit,
    splits: dict[str, str],
    out: Path,
    seed: int,
    *,
    aged: bool = True,
) -> list[Clip]:
    """One authentic and one manipulated clip of each person, through one camera and one encoder.

    aged: whether the picture had a history (low resolution, noise, a codec) before it was manipulated.
    """
    out.mkdir(parents=True, exist_ok=True)
    clips = []
    for number, pristine in enumerate(people):
        rng = np.random.default_rng([seed, number])
        take = choose_take(rng)
        donor = choose_donor(people, number, rng)
        person = pristine
        if aged:
            person = replace(person, image=frame_history(person.image, rng))
            donor = replace(donor, image=frame_history(donor.image, rng))
        looks = {"a": [person.image], "m": [edit(person, donor, rng) for _ in range(LOOKS)]}
        for letter, shown in looks.items():
            path = out / f"{number}{letter}.mp4"
            take.film(shown, path)
            name = f"{family}-{person.identity}-{letter}"
            split = splits.get(person.identity, "test")
            clips.append(Clip(name, path, person.identity, person.source, split, family, letter == "m"))
    return clips


def split_labelled(identities: Sequence[str], seed: int) -> dict[str, str]:
    """train or validation for each labelled person."""
    validation = max(1, round(VALIDATION_SHARE * len(identities)))
    train, held = deal(identities, [len(identities) - validation, validation], seed + 1)
    return dict.fromkeys(train, "train") | dict.fromkeys(held, "validation")


def from_portraits(manifest: Path, family: str, edit: Edit, sizes: Sizes, out: Path, seed: int) -> Material:
    """Of portraits. Tested on are first those whom the bundled detector was not trained on, then others; the known
    family, swaps by `held_out_swaps`, is of the former alone. Raises ManifestError, OSError, ValueError.
    """
    rows = read_manifest(manifest)
    portraits = [load_portrait(row) for row in rows]
    people = {p.identity: as_person(p, row.source) for p, row in zip(portraits, rows, strict=True)}
    unseen = [name for name in people if in_dev_split(name, UNSEEN_SHARE)]
    seen = [name for name in people if not in_dev_split(name, UNSEEN_SHARE)]
    (new,) = deal(unseen, [min(sizes.known, len(unseen))], seed)
    labelled, gold, others = deal(seen, [sizes.labelled, sizes.gold, sizes.tested - len(new)], seed)
    held = [p for p in portraits if p.identity in new]
    write_clips(held, [p for p in portraits if p.identity in seen][:EIGENFACES_OF], out / "known", seed)
    return Material(
        tuple(_film(people, labelled, family, edit, split_labelled(labelled, seed), out / "labelled", seed)),
        (
            *_film(people, new, family, edit, {}, out / "tested", seed + 1),
            *_film(people, others, family, edit, {}, out / "others", seed + 3),
        ),
        tuple(_known_swaps(out / "known", [p.identity for p in held])),
        frozenset(gold),
    )


def _film(
    people: dict[str, Person],
    names: list[str],
    family: str,
    edit: Edit,
    splits: dict[str, str],
    out: Path,
    seed: int,
) -> list[Clip]:
    return film_family([people[name] for name in names], family, edit, splits, out, seed)


def _known_swaps(folder: Path, names: list[str]) -> list[Clip]:
    """The clips that `held_out_swaps` wrote: real_N and fake_N for each portrait."""
    clips = []
    for number, name in enumerate(names):
        for word in ("real", "fake"):
            path = folder / f"{word}_{number}.mp4"
            clips.append(Clip(f"known-{name}-{word}", path, name, "portrait", "test", "swap", word == "fake"))
    return clips


def drawn(family: str, edit: Edit, sizes: Sizes, out: Path, seed: int) -> Material:
    """Of drawn people; the known family is the drawing program's own face swap."""
    names = [f"drawn-{seed}-{number}" for number in range(sizes.labelled + sizes.tested + sizes.gold)]
    labelled, tested, gold = deal(names, [sizes.labelled, sizes.tested, sizes.gold], seed)

    def people(chosen: list[str], swapped: bool = False) -> list[Person]:
        return [draw_person(seed, int(name.rsplit("-", 1)[1]), swapped=swapped) for name in chosen]

    strangers = people(tested)
    swapped = {person.identity: person.image for person in people(tested[: sizes.known], swapped=True)}
    paste: Callable[..., Image] = lambda person, donor, rng: swapped[person.identity]  # noqa: E731
    return Material(
        tuple(
            film_family(
                people(labelled), family, edit, split_labelled(labelled, seed), out / "labelled", seed
            )
        ),
        tuple(film_family(strangers, family, edit, {}, out / "tested", seed + 1)),
        tuple(film_family(strangers[: sizes.known], "swap", paste, {}, out / "known", seed + 2, aged=False)),
        frozenset(gold),
    )
