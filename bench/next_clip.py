"""What "next" costs as the queue grows: time, and pages that PostgreSQL touches, by what is looked for first.

    ./run bench next_clip [--sizes 10000 200000] [--leases 600]

One client, service level: the transaction that leases a clip, then a vote, so that the queue moves. Pages do not
depend on what else runs on the machine.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.filling import execute, fill_product
from bench.load import percentile
from bench.loop import count_statements, preload_statement_counter

from clipjury.db import migrate
from clipjury.db.queries.picking import LEASE_WITHIN_WINDOW, Turn
from clipjury.db.queries.votes import BallotBody
from clipjury.db.transaction import bind, make_engine, transaction
from clipjury.launch.embedded_postgres import EmbeddedPostgres
from clipjury.services.assignments import lease_next_clip
from clipjury.services.votes import cast_vote

DRAWS: dict[Turn, tuple[float, float]] = {
    "value": (0.9999, 0.99),
    "random": (0.9999, 0.0),
    "gold": (0.0, 0.99),
}
BALLOT = BallotBody("authentic", 0.8, None, (), (), (), (), "")

# A third of the clips begun, standings and ages of half a year.
SPREAD = """
UPDATE clips SET queue_priority = CASE WHEN rank < 0.33 THEN 0 ELSE 1 END,
  queue_bucket = queue_bucket - CAST(floor(random() * 52) AS integer) + CAST(floor(random() * 10) AS integer) - 5
WHERE queue_priority < 2"""
PAGES = """
SELECT (shared_blks_hit + shared_blks_read)::float / calls, mean_exec_time
FROM pg_stat_statements WHERE query LIKE %s AND calls > 10 ORDER BY calls DESC LIMIT 1"""


def serve(server: EmbeddedPostgres, clips: int) -> str:
    """A filled database of its own, bound to this process; its name."""
    name = f"bench_next_{clips}"
    server.ensure_database(name, "clipjury_owner", "clipjury_app")
    owner = server.dsn(name, "clipjury_owner")
    migrate.upgrade(owner.replace("postgresql://", "postgresql+psycopg2://", 1))
    fill_product(owner, clips)
    execute(owner, SPREAD)
    execute(owner, "VACUUM ANALYZE clips")
    count_statements(server, name)
    bind(make_engine(server.dsn(name, "clipjury_app").replace("postgresql://", "postgresql+psycopg2://", 1)))
    return name


def measure(server: EmbeddedPostgres, name: str, turn: Turn, leases: int) -> str:
    """Latencies of so many leases, and pages a call."""
    superuser = server.dsn(name, "postgres")
    execute(superuser, "SELECT pg_stat_statements_reset()")
    reviewers = itertools.cycle(
        [int(str(row[0])) for row in execute(superuser, "SELECT id FROM users ORDER BY id OFFSET 1")]
    )
    rng, took_ms = random.Random(1), []
    gold_draw, value_draw = DRAWS[turn]
    for number in range(leases + 50):
        reviewer = next(reviewers)
        begun = time.perf_counter()
        with transaction() as session:
            leased = lease_next_clip(
                session, reviewer, start=rng.random(), gold_draw=gold_draw, value_draw=value_draw
            )
        if number >= 50:  # the first ones plan the statements
            took_ms.append((time.perf_counter() - begun) * 1000)
        if leased is None:
            raise RuntimeError("the queue is empty")
        with transaction() as session:
            cast_vote(session, leased[0].id, reviewer, BALLOT)
    rows = execute(superuser, PAGES, f"%PREPARE {LEASE_WITHIN_WINDOW[turn].name} %")
    pages, execution_ms = (float(str(value)) for value in rows[0]) if rows else (float("nan"), float("nan"))
    return (
        f"{percentile(took_ms, 0.5):.2f} | {percentile(took_ms, 0.95):.2f} | {percentile(took_ms, 0.99):.2f} | "
        f"{execution_ms:.2f} | {pages:.0f}"
    )


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 200_000])
    parser.add_argument("--leases", type=int, default=600)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="clipjury-bench-") as folder:
        Path(folder).chmod(0o711)
        with EmbeddedPostgres(Path(folder) / "state") as server:
            preload_statement_counter(server)
            print(
                "| clips | first | next p50 ms | p95 | p99 | statement ms | pages |\n|---|---|---|---|---|---|---|"
            )
            for size in options.sizes:
                name = serve(server, size)
                for turn in DRAWS:
                    print(f"| {size} | {turn} | {measure(server, name, turn, options.leases)} |", flush=True)
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
