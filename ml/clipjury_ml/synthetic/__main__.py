"""``python -m clipjury_ml.synthetic --out DIR --count N --seed S``: draw clips and list them in DIR/manifest.csv."""

import argparse
import re
import sys
import time
from pathlib import Path

import cv2

from clipjury_ml.synthetic.catalogue import catalogue
from clipjury_ml.synthetic.manifest import manifest_row, write_manifest
from clipjury_ml.synthetic.recipes import ClipRecipe
from clipjury_ml.synthetic.rendering import render


def file_name(number: int, recipe: ClipRecipe) -> str:
    """Name that says what is to be seen and nothing about whether it is true."""
    slug = re.sub(r"[^a-z0-9]+", "-", recipe.title.lower()).strip("-")
    return f"{number:03d}-{slug}.{recipe.container}"


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m clipjury_ml.synthetic", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the clips and manifest.csv")
    parser.add_argument("--count", type=int, default=24, help="number of clips (default 24)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same clips (default 1)")
    return parser.parse_args(argv)


def _say(text: str, end: str = "\n") -> None:
    sys.stderr.write(text + end)
    sys.stderr.flush()


def main(argv: list[str] | None = None) -> int:
    """Draw the clips; returns the exit status."""
    options = _arguments(argv)
    if options.count < 1:
        _say(f"--count must be at least 1, not {options.count}")
        return 2
    cv2.setNumThreads(1)  # layers are too small for threads to be worth their wake-up
    recipes = catalogue(options.seed, options.count)
    rows = []
    started = time.monotonic()
    for number, recipe in enumerate(recipes, start=1):
        path = options.out / file_name(number, recipe)
        bar = sys.stderr.isatty()

        def progress(done: int, total: int, number: int = number, bar: bool = bar) -> None:
            if bar and (done % 10 == 0 or done == total):
                _say(f"\r[{number}/{len(recipes)}] frame {done}/{total} ", end="")

        clip = render(recipe, path, progress)
        rows.append(manifest_row(recipe, clip, options.out))
        _say(f"\r[{number}/{len(recipes)}] {path.name} ({time.monotonic() - started:.0f} s)")
    write_manifest(rows, options.out / "manifest.csv")
    _say(f"{len(rows)} clips and manifest.csv in {options.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
