"""The shape of the house, held by tests: source roots, imports, migrations, words."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = [ROOT / "platform" / "clipjury", ROOT / "ml" / "clipjury_ml"]
MODULES = sorted(path for package in PACKAGES for path in package.rglob("*.py"))
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "data", "info", "misc"}


def test_the_standard_librarys_platform_is_not_shadowed() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not (ROOT / "ml" / "__init__.py").exists()
    # From the repository's root, as gunicorn and `python -m` see it.
    seen = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.__file__); platform.python_version()"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(seen.stdout.strip()).name == "platform.py"


def test_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-4000:]


@pytest.mark.parametrize("package", [path for path in MODULES if path.name == "__init__.py"], ids=str)
def test_package_files_import_nothing(package: Path) -> None:
    tree = ast.parse(package.read_text())
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(path) for path in MODULES if path.stem in BANNED_NAMES] == []


def test_modules_and_functions_stay_short() -> None:
    long_modules = [
        f"{path.relative_to(ROOT)} ({lines})"
        for path in MODULES
        if (lines := path.read_text().count("\n")) > 300
    ]
    long_functions = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > 50:
                    long_functions.append(f"{path.relative_to(ROOT)}:{node.name} ({length})")
    assert (long_modules, long_functions) == ([], [])


def test_services_and_queries_never_commit() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for folder in ("services", "db/queries")
        for path in (PACKAGES[0] / folder).glob("*.py")
        if re.search(r"\.(commit|rollback)\(", path.read_text())
    ]
    assert guilty == []


def test_sql_stays_in_the_queries() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for folder in ("domain", "services", "api", "pages", "cli")
        for path in (PACKAGES[0] / folder).rglob("*.py")
        if re.search(r"\b(SELECT .+ FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b", path.read_text())
    ]
    assert guilty == []


def test_the_products_text_carries_no_path_or_host_of_a_workplace() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode != 0:
        pytest.skip("not a git checkout")
    guilty = []
    for name in tracked.stdout.split("\n"):
        path = ROOT / name
        if (
            path.suffix not in {".py", ".ts", ".tsx", ".md", ".toml", ".json", ".txt", ".css"}
            or not path.is_file()
        ):
            continue
        if re.search(
            r"(?<![\w.])/(work|root|farm)/[a-z]|pypi\.org|files\.pythonhosted|registry\.npmjs",
            path.read_text(),
        ):
            guilty.append(name)
    assert set(guilty) <= {str(Path(__file__).relative_to(ROOT))}
