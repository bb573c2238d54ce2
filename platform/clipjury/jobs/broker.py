"""The queue behind the jobs: PostgreSQL itself (embedded), or Redis or RabbitMQ by CLIPJURY_BROKER_URL."""

from importlib import import_module
from urllib.parse import urlsplit

import dramatiq
from dramatiq.broker import Broker
from dramatiq.middleware import Middleware, Retries, TimeLimit
from dramatiq_postgres import PostgresBroker
from psycopg_pool import ConnectionPool

from clipjury.settings import Settings, SettingsError

MAX_RETRIES = 3
MIN_BACKOFF_MS = 2_000
MAX_BACKOFF_MS = 60_000
# A job of a worker that was killed is given out again after the ttl and at most one round of upkeep
# (jittered up to 1.5 times): 15 + 7.5 s. The heartbeat is a thread of its own, so only native code that
# holds the interpreter's lock for 15 s could be taken for dead; the run lock then drops the second run.
HEARTBEAT_EVERY_S = 3.0
DEAD_AFTER_S = 15.0
UPKEEP_EVERY_S = 5.0
# Consumers keep one connection a queue and its delays, the notifier one; the rest is for acks and sends.
_POOL_BASE = 10

_EXTRAS = {
    "redis": ("redis", "dramatiq[redis]"),
    "rediss": ("redis", "dramatiq[redis]"),
    "amqp": ("pika", "dramatiq[rabbitmq]"),
    "amqps": ("pika", "dramatiq[rabbitmq]"),
}


def open_broker(settings: Settings, *, min_backoff_ms: int = MIN_BACKOFF_MS) -> Broker:
    """The broker that the settings name, results off. Raises SettingsError for one that cannot be used."""
    dramatiq.set_encoder(dramatiq.JSONEncoder())
    middleware = [
        TimeLimit(),
        Retries(max_retries=MAX_RETRIES, min_backoff=min_backoff_ms, max_backoff=MAX_BACKOFF_MS),
    ]
    if settings.broker_url is None:
        return _open_postgres(settings, middleware)
    return _open_server(settings.broker_url, middleware)


def close_broker(broker: Broker) -> None:
    """Close the broker and the connections it was given."""
    broker.close()
    if isinstance(broker, PostgresBroker):
        broker.pool.close(timeout=2.0)


def _open_postgres(settings: Settings, middleware: list[Middleware]) -> Broker:
    # A pool of our own: the broker's takes URLs apart in a way that loses socket addresses without a host.
    pool = ConnectionPool(
        settings.database_url.replace("postgresql+psycopg2", "postgresql", 1),
        kwargs={"application_name": "clipjury-jobs", "connect_timeout": 5},
        min_size=0,
        max_size=_POOL_BASE + 2 * settings.worker_threads,
        timeout=10.0,
        check=ConnectionPool.check_connection,
        open=True,
    )
    broker: Broker = PostgresBroker(
        pool=pool,
        results=False,
        heartbeat_interval=HEARTBEAT_EVERY_S,
        heartbeat_ttl=DEAD_AFTER_S,
        maintenance_interval=UPKEEP_EVERY_S,
        middleware=middleware,
    )
    return broker


def _open_server(url: str, middleware: list[Middleware]) -> Broker:
    scheme = urlsplit(url).scheme
    if scheme not in _EXTRAS:
        raise SettingsError(f"CLIPJURY_BROKER_URL must be redis:// or amqp://; its scheme is {scheme!r}.")
    module, package = _EXTRAS[scheme]
    try:
        import_module(module)
    except ModuleNotFoundError:
        raise SettingsError(
            f"CLIPJURY_BROKER_URL is a {scheme}:// address, and what speaks it is not installed. "
            f"Install it with: pip install '{package}'"
        ) from None
    if module == "redis":
        from dramatiq.brokers.redis import RedisBroker

        return RedisBroker(  # type: ignore[no-untyped-call]
            url=url,
            middleware=middleware,
            heartbeat_timeout=int(DEAD_AFTER_S * 1000),
            maintenance_chance=50_000,
        )
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    return RabbitmqBroker(url=url, middleware=middleware, confirm_delivery=True)


def release_claims(broker: Broker) -> int:
    """Give out again at once what this process had taken and will not finish; how many jobs.

    Redis and RabbitMQ notice by themselves that a consumer has left.
    """
    if not isinstance(broker, PostgresBroker):
        return 0
    with broker.pool.connection() as connection:
        released = connection.execute(
            "UPDATE dramatiq.queue SET state = 'queued', worker_id = NULL, consumed_at = NULL, mtime = now() "
            "WHERE state = 'consumed' AND worker_id = %s",
            (broker.worker_id,),
        )
        connection.execute("DELETE FROM dramatiq.worker WHERE worker_id = %s", (broker.worker_id,))
    return int(released.rowcount)
