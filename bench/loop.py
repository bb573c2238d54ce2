"""next → vote, the product against the bare floor, in turn within the same minutes.

    ./run bench loop [--clips 10000] [--seconds 8] [--rounds 3] [--floor FOLDER]

CPU per loop is what the servers and PostgreSQL used, the generator left out. The floor is a bare Flask and
psycopg2 application (two statements, no accounts, no checks); where its folder is missing only the product's
own figures are printed. Both run gunicorn with 2 workers of 16 threads on the same PostgreSQL server.
"""

from __future__ import annotations

import argparse
import json
import os
import platform as machine
import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.filling import REVIEWERS, execute, fill_product
from bench.load import Loop, Window, percentile, run_window
from bench.loop_clients import csrf_of, floor_loop, product_loop
from bench.servers import ROOT, cpu_seconds, gunicorn

from clipjury.db import migrate
from clipjury.launch.embedded_postgres import EmbeddedPostgres

SECRET = "bench-" + "s" * 40


@dataclass
class Target:
    """One server under load."""

    name: str
    port: int
    pid: int
    loops: list[Loop]
    dsn: str


def start_product(server: EmbeddedPostgres, stack: ExitStack, clips: int, state_dir: Path) -> Target:
    """Migrate, fill and serve the product."""
    server.ensure_database("bench_product", "clipjury_owner", "clipjury_app")
    owner, app = server.dsn("bench_product", "clipjury_owner"), server.dsn("bench_product", "clipjury_app")
    migrate.upgrade(owner.replace("postgresql://", "postgresql+psycopg2://", 1))
    tokens = fill_product(owner, clips)
    environment = {
        "DATABASE_URL": app,
        "CLIPJURY_STATE_DIR": str(state_dir),
        "CLIPJURY_SECRET_KEY": SECRET,
    }
    port, pid = stack.enter_context(gunicorn("wsgi:app", ROOT, environment, "/readyz"))
    loops = [product_loop(token, csrf_of(port, token), number) for number, token in enumerate(tokens)]
    return Target("product", port, pid, loops, app)


def start_floor(server: EmbeddedPostgres, stack: ExitStack, clips: int, folder: Path) -> Target:
    """Load and serve the floor."""
    server.ensure_database("bench_floor", "clipjury_owner", "clipjury_app")
    dsn = server.dsn("bench_floor", "clipjury_owner")
    schema = (folder / "floor_schema.sql").read_text().replace(":n", str(clips)).replace(":r", "3")
    execute(dsn, schema)
    port, pid = stack.enter_context(gunicorn("floor_app:app", folder, {"FLOOR_DSN": dsn}, "/next?project=0"))
    return Target("floor", port, pid, [floor_loop(number) for number in range(1, REVIEWERS + 1)], dsn)


def statements_so_far(server: EmbeddedPostgres, database: str) -> int:
    """Statements executed on a database, BEGIN and COMMIT included (pg_stat_statements)."""
    rows = execute(
        server.dsn(database, "postgres"),
        "SELECT COALESCE(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid "
        "WHERE d.datname = %s",
        database,
    )
    return int(str(rows[0][0]))


def measure(target: Target, server: EmbeddedPostgres, clients: int, seconds: float) -> dict[str, float]:
    """One window: CPU per loop, loops/s, latencies, statements per loop."""
    database = f"bench_{target.name}"
    before_sql = statements_so_far(server, database)
    before_web, before_database = cpu_seconds(target.pid), cpu_seconds(server.pid or 0)
    window: Window = run_window(target.port, target.loops[:clients], seconds)
    web = cpu_seconds(target.pid) - before_web
    in_database = cpu_seconds(server.pid or 0) - before_database
    statements = statements_so_far(server, database) - before_sql
    if window.errors or not window.loops:
        raise RuntimeError(f"{target.name} at C={clients}: {window.loops} loops, {window.errors[:3]}")
    return {
        "loops": window.loops,
        "loops_per_s": window.loops / window.seconds,
        "cpu_ms": (web + in_database) * 1000 / window.loops,
        "database_cpu_ms": in_database * 1000 / window.loops,
        "statements": statements / window.loops,
        "next_p50_ms": percentile(window.next_ms, 0.5),
        "next_p95_ms": percentile(window.next_ms, 0.95),
        "vote_p50_ms": percentile(window.vote_ms, 0.5),
        "vote_p95_ms": percentile(window.vote_ms, 0.95),
    }


def preload_statement_counter(server: EmbeddedPostgres) -> None:
    """Load pg_stat_statements; it takes a restart."""
    execute(
        server.dsn("postgres", "postgres"), "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'"
    )
    server.stop()
    server.start()


def count_statements(server: EmbeddedPostgres, database: str) -> None:
    """Count a database's statements from now on."""
    execute(server.dsn(database, "postgres"), "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


def medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure over the rounds."""
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def report(results: dict[str, dict[int, dict[str, float]]], say: Callable[[str], None]) -> None:
    """A table, and the ratios that count."""
    say(
        f"{'':10}{'C':>4}{'loops/s':>9}{'CPU ms':>8}{'of it DB':>9}{'SQL':>6}"
        f"{'next p50/p95 ms':>18}{'vote p50/p95 ms':>18}"
    )
    for name, by_clients in results.items():
        for clients, row in by_clients.items():
            say(
                f"{name:10}{clients:>4}{row['loops_per_s']:>9.1f}{row['cpu_ms']:>8.2f}{row['database_cpu_ms']:>9.2f}{row['statements']:>6.1f}"
                f"{row['next_p50_ms']:>9.1f}/{row['next_p95_ms']:<8.1f}{row['vote_p50_ms']:>9.1f}/{row['vote_p95_ms']:<8.1f}"
            )
    if "floor" in results:
        for clients, row in results["product"].items():
            ratio = row["cpu_ms"] / results["floor"][clients]["cpu_ms"]
            say(
                f"C={clients}: {ratio:.2f} x the floor's CPU per loop (must: 4 at C=16), "
                f"{row['statements']:.1f} statements (must: 20)"
            )


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    default_floor = os.environ.get("CLIPJURY_FLOOR", str(ROOT.parent / "shared" / "bench"))
    parser.add_argument("--floor", type=Path, default=Path(default_floor))
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    options = parse(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clipjury-bench-")))
        folder.chmod(0o711)
        server = stack.enter_context(EmbeddedPostgres(folder / "state"))
        preload_statement_counter(server)
        targets = [start_product(server, stack, options.clips, folder / "product")]
        if (options.floor / "floor_app.py").is_file():
            targets.insert(0, start_floor(server, stack, options.clips, options.floor))
        else:
            print(f"No floor at {options.floor}: the product alone is measured.")
        for target in targets:
            count_statements(server, f"bench_{target.name}")
        results = run_rounds(targets, server, options)
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, {machine.machine()}, "
        f"Python {machine.python_version()},"
    )
    print(
        f"{options.clips} clips, medians of {options.rounds} rounds of {options.seconds:g} s, "
        f"load average {os.getloadavg()[0]:.1f}"
    )
    report(results, print)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


def run_rounds(
    targets: list[Target], server: EmbeddedPostgres, options: argparse.Namespace
) -> dict[str, dict[int, dict[str, float]]]:
    """All targets in turn, round by round, after a short warm-up each."""
    for target in targets:
        measure(target, server, REVIEWERS, 1.5)
    rounds: dict[str, dict[int, list[dict[str, float]]]] = {}
    for number in range(options.rounds):
        for clients in (1, REVIEWERS):
            for target in targets:
                row = measure(target, server, clients, options.seconds)
                rounds.setdefault(target.name, {}).setdefault(clients, []).append(row)
                print(
                    f"round {number + 1}: {target.name} C={clients}: "
                    f"{row['loops_per_s']:.0f} loops/s, {row['cpu_ms']:.2f} ms CPU"
                )
    return {name: {c: medians(each) for c, each in by_c.items()} for name, by_c in rounds.items()}


if __name__ == "__main__":
    main()
