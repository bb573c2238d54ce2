"""Which broker the settings name, and what happens to claimed jobs."""

from __future__ import annotations

import dataclasses
import importlib.util

import pytest
from dramatiq.broker import Broker
from dramatiq_postgres import PostgresBroker
from tests.jobs.conftest import queued, read_all

from clipjury.deps import Deps
from clipjury.jobs.broker import open_broker, release_claims
from clipjury.jobs.relay import send
from clipjury.settings import SettingsError


@pytest.mark.parametrize(
    ("url", "module", "package"),
    [
        ("redis://localhost/0", "redis", "dramatiq[redis]"),
        ("amqp://localhost", "pika", "dramatiq[rabbitmq]"),
    ],
)
def test_a_broker_whose_package_is_missing_is_refused_with_the_command_that_installs_it(
    deps: Deps, url: str, module: str, package: str
) -> None:
    if importlib.util.find_spec(module):
        pytest.skip(f"{module} is installed")
    with pytest.raises(SettingsError) as refusal:
        open_broker(dataclasses.replace(deps.settings, broker_url=url))
    assert f"pip install '{package}'" in str(refusal.value)


def test_a_broker_of_another_kind_is_refused(deps: Deps) -> None:
    with pytest.raises(SettingsError, match="redis:// or amqp://"):
        open_broker(dataclasses.replace(deps.settings, broker_url="kafka://localhost"))


def test_the_embedded_broker_keeps_no_results_and_gives_lost_jobs_out_within_half_a_minute(
    broker: Broker,
) -> None:
    assert isinstance(broker, PostgresBroker)
    assert broker.backend is None
    assert broker.heartbeat_interval * 3 < broker.heartbeat_ttl
    assert broker.heartbeat_ttl + 1.5 * broker.maintenance_interval < 30


def test_claims_that_will_not_be_finished_are_given_back_at_once(broker: Broker) -> None:
    for name in ("a", "b"):
        send(broker, "probe_clip", [name], key=name)
    consumer = broker.consume("light", prefetch=2, timeout=1000)
    assert next(consumer) is not None
    states = "SELECT CAST(state AS text), worker_id IS NULL FROM dramatiq.queue ORDER BY position"
    assert read_all(states) == [("consumed", False)] * 2
    assert release_claims(broker) == 2
    assert read_all(states) == [("queued", True)] * 2
    assert read_all("SELECT * FROM dramatiq.worker") == []
    consumer.close()
    assert [arguments for _, arguments in queued()] == [["a"], ["b"]]
