"""Every event has a routing row, and jobs are sent from two places alone."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import clipjury
from clipjury.domain import events
from clipjury.domain.events import EVENTS, Event
from clipjury.jobs.actors import JOBS
from clipjury.jobs.routing import ROUTES

PACKAGE = Path(clipjury.__file__).parent
SENDERS = {"jobs/relay.py", "jobs/sweeps.py"}
SENDING = {"send", "send_with_options", "enqueue", "enqueue_many"}


def test_every_event_of_the_domain_is_listed() -> None:
    declared = {value for value in vars(events).values() if isinstance(value, type) and value is not Event}
    assert {value for value in declared if issubclass(value, Event)} == set(EVENTS)


def test_every_event_has_a_routing_row_and_every_row_an_event() -> None:
    assert set(ROUTES) == {event.name for event in EVENTS}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_a_route_hands_over_fields_that_its_event_has_and_its_job_takes(event: type[Event]) -> None:
    names = {field.name for field in fields(event)}
    for route in ROUTES[event.name]:
        assert set(route.arguments) <= names
        assert route.only_if is None or route.only_if in names
        assert all(name.endswith("_id") for name in route.arguments), (
            "ids only: the job reads the rest itself"
        )
        taken = list(inspect.signature(JOBS[route.actor].run).parameters)
        assert len(taken) == 1 + len(route.arguments)


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def sends(call: ast.Call) -> bool:
    """`x.send(…)` on anything but a socket or generator, which this package has none of; or relay's send(…)."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr in SENDING
    return isinstance(function, ast.Name) and function.id == "send"


def test_nothing_but_the_relay_and_the_sweeps_sends_a_job() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if any(sends(call) for call in calls(path))
    }
    assert found == SENDERS


def test_events_are_emitted_by_services_and_nobody_else() -> None:
    found = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "emit"
    }
    assert found == {"services"}
