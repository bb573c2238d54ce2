"""A closed-loop load: C clients on keep-alive connections, each next → vote without think time."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Loop = Callable[[http.client.HTTPConnection], tuple[float, float] | None]


@dataclass
class Window:
    """What one window of load did. Latencies in milliseconds, one entry a call."""

    loops: int = 0
    seconds: float = 0.0
    next_ms: list[float] = field(default_factory=list)
    vote_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def call(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    headers: dict[str, str],
    body: object = None,
) -> tuple[int, dict[str, object], float]:
    """One request: status, parsed body, milliseconds."""
    payload = None if body is None else json.dumps(body).encode()
    if payload is not None:
        headers = {**headers, "Content-Type": "application/json"}
    begun = time.perf_counter()
    connection.request(method, path, body=payload, headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    elapsed_ms = (time.perf_counter() - begun) * 1000
    return answer.status, json.loads(text) if text else {}, elapsed_ms


def run_window(port: int, loops: list[Loop], seconds: float, *, pause_s: float = 0.0) -> Window:
    """Run every client's loop for `seconds`; loops under way at the end are finished and counted.

    Before each loop a client pauses for a random time of mean `pause_s`: no herd starts together.
    """
    window, lock = Window(), threading.Lock()
    begun = time.perf_counter()

    def client(loop: Loop) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        mine: list[tuple[float, float]] = []
        try:
            while time.perf_counter() - begun < seconds:
                if pause_s:
                    time.sleep(random.expovariate(1 / pause_s))
                took = loop(connection)
                if took is None:
                    break
                mine.append(took)
        except Exception as error:  # noqa: BLE001 - a bench reports what went wrong and goes on
            with lock:
                window.errors.append(repr(error))
        finally:
            connection.close()
        with lock:
            window.loops += len(mine)
            window.next_ms.extend(each[0] for each in mine)
            window.vote_ms.extend(each[1] for each in mine)

    threads = [threading.Thread(target=client, args=(loop,)) for loop in loops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    window.seconds = time.perf_counter() - begun
    return window


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank); nan for none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
