"""The outbox reaches the broker: each event at least once, none lost, one relay active."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import pytest
from dramatiq.broker import Broker
from sqlalchemy import text
from tests.conftest import Database
from tests.jobs.conftest import queued, read_all

from clipjury.db.outbox import OutboxListener
from clipjury.db.queries import events as queries
from clipjury.db.transaction import transaction
from clipjury.domain.events import ClipProbed, ClipReceived, Event, VoteCast
from clipjury.jobs import relay
from clipjury.jobs.relay import Relay, relay_batch


def emit(*events: Event) -> None:
    with transaction() as session:
        queries.emit(session, events, subject="clip:test", actor_id=None)


def count_unsent() -> int:
    return int(str(read_all("SELECT count(*) FROM outbox WHERE sent_at IS NULL")[0][0]))


def wait_until(condition: Callable[[], bool], within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_an_event_is_followed_by_the_actors_of_its_routing_row(broker: Broker) -> None:
    emit(ClipReceived(clip_id="a"), ClipProbed(clip_id="b"))
    assert relay_batch(broker) == 2
    assert queued() == [("probe_clip", ["a"]), ("make_preview", ["b"]), ("score_clip", ["b"])]
    assert count_unsent() == 0
    assert relay_batch(broker) == 0


def test_only_votes_on_gold_are_followed_by_a_refit(broker: Broker) -> None:
    emit(VoteCast(clip_id="a", vote_id=1, gold=False), VoteCast(clip_id="b", vote_id=2, gold=True))
    relay_batch(broker)
    assert queued() == [("refit_reliabilities", [])]
    assert count_unsent() == 0


def test_a_relay_that_dies_between_send_and_mark_sends_again_and_the_waiting_job_is_not_doubled(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    emit(ClipReceived(clip_id="a"))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(queries, "mark_sent", die)
        with pytest.raises(KeyboardInterrupt):
            relay_batch(broker)
    assert queued() == [("probe_clip", ["a"])], "it was sent before it died"
    assert count_unsent() == 1, "and not marked"
    assert relay_batch(broker) == 1
    assert queued() == [("probe_clip", ["a"])]
    assert count_unsent() == 0


def test_nothing_is_marked_when_the_broker_refuses(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    emit(ClipReceived(clip_id="a"))

    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError("the broker is away")

    monkeypatch.setattr(broker, "enqueue", refuse)
    with pytest.raises(ConnectionError):
        relay_batch(broker)
    assert count_unsent() == 1


def test_an_event_of_another_version_does_not_stop_those_after_it(broker: Broker) -> None:
    with transaction() as session:
        session.execute(text("INSERT INTO outbox (event, payload) VALUES ('clip_sung_to', '{}')"))
    emit(ClipReceived(clip_id="a"))
    assert relay_batch(broker) == 2
    assert queued() == [("probe_clip", ["a"])]


def test_two_relays_at_once_send_each_event_once(broker: Broker) -> None:
    relays = [Relay(broker), Relay(broker)]
    for each in relays:
        each.start()
    ids = [uuid.uuid4().hex for _ in range(120)]
    for number in range(0, len(ids), 10):
        emit(*(ClipReceived(clip_id=clip_id) for clip_id in ids[number : number + 10]))
    wait_until(lambda: count_unsent() == 0)
    for each in relays:
        each.stop()
        each.join(5)
    assert sorted(str(arguments[0]) for _, arguments in queued()) == sorted(ids)


def test_claiming_twice_at_once_gives_each_row_to_one(broker: Broker, database: Database) -> None:
    emit(*(ClipReceived(clip_id=str(number)) for number in range(4)))
    with transaction() as session:
        first = queries.claim_unsent(session, 2)
        with database.engine.connect() as other:
            second = [
                row.id
                for row in other.execute(
                    text("SELECT id FROM outbox WHERE sent_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED")
                )
            ]
    assert not {row.id for row in first} & set(second)
    assert len(first) + len(second) == 4


def test_one_relay_leads_and_the_next_takes_over_when_it_goes(database: Database) -> None:
    with OutboxListener(database.engine) as first, OutboxListener(database.engine) as second:
        assert first.leads()
        assert first.leads(), "it goes on leading"
        assert not second.leads()
        first.__exit__(None, None, None)
        wait_until(second.leads)


def test_the_relay_is_woken_by_an_event_with_followers(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "POLL_S", 30.0)
    running = Relay(broker)
    running.start()
    time.sleep(0.5)
    began = time.monotonic()
    emit(ClipReceived(clip_id="a"))
    wait_until(lambda: queued() != [])
    assert time.monotonic() - began < 2.0
    running.stop()
    emit(ClipReceived(clip_id="b"))  # wakes it, so that it need not sit its poll out
    running.join(5)
    assert not running.is_alive()


def test_the_relay_survives_the_loss_of_its_connections(broker: Broker) -> None:
    running = Relay(broker)
    running.start()
    emit(ClipReceived(clip_id="a"))
    wait_until(lambda: count_unsent() == 0)
    with transaction() as session:
        # The application's role may end its own connections.
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )

    def emit_at_last() -> bool:
        try:
            emit(ClipReceived(clip_id="b"))
        except Exception:
            return False
        return True

    wait_until(emit_at_last)
    wait_until(lambda: ("probe_clip", ["b"]) in queued())
    running.stop()
    running.join(5)
