"""How long a vote's transaction takes while C reviewers vote at once: service level, and over HTTP.

    ./run bench vote_step [--clips 10000] [--seconds 20] [--clients 16] [--pauses 0 1]

Service level: two processes of C / 2 threads each, as gunicorn runs them; the time from opening the transaction to
its commit. HTTP: two gunicorn workers; request to answer. Between two votes a client pauses for a random time of
this mean: without any, sixteen clients keep the cores full, and what is measured is how long they queue for them.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import tempfile
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from bench.filling import execute, fill_product
from bench.load import percentile, run_window
from bench.loop_clients import ANSWERS, csrf_of, product_loop
from bench.servers import ROOT, gunicorn

from clipjury.db import migrate
from clipjury.db.queries.votes import BallotBody
from clipjury.db.transaction import bind, make_engine, transaction
from clipjury.launch.embedded_postgres import EmbeddedPostgres
from clipjury.services.assignments import lease_next_clip
from clipjury.services.votes import cast_vote

DATABASE = "bench_votes"
PROCESSES = 2
WARM_UP = 15  # votes of each client that are not counted, without a pause: connections open, statements are prepared


def ballot_of(label: str) -> BallotBody:
    """A complete ballot."""
    if label != "manipulated":
        return BallotBody(label, 0.8 if label == "authentic" else None, None, (), (), (), (), "")
    return BallotBody(label, 0.8, None, ("face_swap",), ({"start_frame": 10, "end_frame": 40},), (), (), "")


Took = tuple[float, float]  # milliseconds: the whole transaction, and its commit alone


def vote_until(reviewer_id: int, end: float, pause_s: float, took_ms: list[Took]) -> None:
    """next → vote until the end; what each vote's transaction took."""
    rng = random.Random(reviewer_id)
    number = 0
    while time.time() < end:
        with transaction() as session:
            leased = lease_next_clip(
                session, reviewer_id, start=rng.random(), gold_draw=rng.random(), value_draw=rng.random()
            )
        if leased is None:
            return
        if pause_s and number >= WARM_UP:
            time.sleep(rng.expovariate(1 / pause_s))
        body = ballot_of(rng.choice(ANSWERS))
        begun = time.perf_counter()
        with transaction() as session:
            cast_vote(session, leased[0].id, reviewer_id, body, lot=rng.random())
            written = time.perf_counter()
        number += 1
        if number > WARM_UP:
            ended = time.perf_counter()
            took_ms.append(((ended - begun) * 1000, (ended - written) * 1000))


def work(url: str, reviewers: list[int], end: float, pause_s: float, results: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    """One process: a thread a reviewer."""
    bind(make_engine(url))
    took_ms: list[Took] = []
    threads = [
        threading.Thread(target=vote_until, args=(reviewer, end, pause_s, took_ms)) for reviewer in reviewers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(took_ms)


def at_service_level(url: str, reviewers: list[int], seconds: float, pause_s: float) -> list[Took]:
    """What every vote's transaction took."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    end = time.time() + seconds + 6  # the processes start, and warm up
    processes = [
        context.Process(target=work, args=(url, reviewers[number::PROCESSES], end, pause_s, results))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    took_ms = [each for _ in processes for each in results.get(timeout=seconds + 60)]
    for process in processes:
        process.join()
    return took_ms


def report(level: str, pause_s: float, took_ms: list[float], seconds: float) -> None:
    """One line."""
    shares = " | ".join(f"{percentile(took_ms, share):.1f}" for share in (0.5, 0.95, 0.99))
    print(
        f"| {level} | {pause_s:g} s | {len(took_ms)} | {len(took_ms) / seconds:.0f} | {shares} | "
        f"{os.getloadavg()[0]:.1f} |",
        flush=True,
    )


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--pauses", type=float, nargs="+", default=[0.0, 1.0])
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clipjury-bench-")))
        folder.chmod(0o711)
        server = stack.enter_context(EmbeddedPostgres(folder / "state"))
        server.ensure_database(DATABASE, "clipjury_owner", "clipjury_app")
        owner, app = (server.dsn(DATABASE, role) for role in ("clipjury_owner", "clipjury_app"))
        migrate.upgrade(owner.replace("postgresql://", "postgresql+psycopg2://", 1))
        tokens = fill_product(owner, options.clips)[: options.clients]
        found = execute(owner, "SELECT id FROM users ORDER BY id OFFSET 1 LIMIT %s", options.clients)
        reviewers = [int(str(row[0])) for row in found]
        environment = {
            "DATABASE_URL": app,
            "CLIPJURY_STATE_DIR": str(folder / "product"),
            "CLIPJURY_SECRET_KEY": "bench-" + "s" * 40,
        }
        port, _ = stack.enter_context(gunicorn("wsgi:app", ROOT, environment, "/readyz"))
        loops = [product_loop(token, csrf_of(port, token), number) for number, token in enumerate(tokens)]
        run_window(port, loops, 2.0)
        print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, C = {options.clients}")
        print(
            "| level | pause | votes | votes/s | p50 ms | p95 | p99 | load |\n|---|---|---|---|---|---|---|---|"
        )
        for pause_s in options.pauses:
            url = app.replace("postgresql://", "postgresql+psycopg2://", 1)
            took = at_service_level(url, reviewers, options.seconds, pause_s)
            report("service", pause_s, [whole for whole, _ in took], options.seconds)
            report("its commit", pause_s, [commit for _, commit in took], options.seconds)
            window = run_window(port, loops, options.seconds, pause_s=pause_s)
            if window.errors:
                raise RuntimeError(window.errors[:3])
            report("HTTP", pause_s, window.vote_ms, window.seconds)


if __name__ == "__main__":
    main()
