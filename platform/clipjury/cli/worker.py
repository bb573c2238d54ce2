"""`clipjury worker`."""

import logging
import os

import click

from clipjury.settings import Settings


@click.command()
@click.option(
    "--threads", type=click.IntRange(1, 64), help="Jobs at once; default CLIPJURY_WORKER_THREADS or 2."
)
def worker(threads: int | None) -> None:
    """Run the background work until stopped: probing, previews, scores, consensus, the relay, the sweeps.

    Any number of workers may run on one database. SIGTERM and Ctrl-C let jobs in hand finish for some seconds
    and give the others back to the queue. Exit status 1: the database stayed away.
    """
    from clipjury.jobs.supervisor import WorkerError, run_worker
    from clipjury.launch.parent_watch import LAUNCHER_VARIABLE, watch_parent

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("dramatiq", "dramatiq_postgres", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger("psycopg.pool").setLevel(
        logging.ERROR
    )  # the relay says once what the pool says for each try
    settings = Settings.from_env()
    if os.environ.get(
        LAUNCHER_VARIABLE
    ):  # started by ./run it ends with it; started by hand it outlives its parent
        watch_parent()
    try:
        status = run_worker(settings, threads)
    except WorkerError as error:
        raise click.ClickException(str(error)) from error
    raise SystemExit(status)
