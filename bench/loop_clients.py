"""What a client of the loop next → vote sends, to the product and to the bare floor."""

from __future__ import annotations

import http.client

from bench.load import Loop, call

ANSWERS = ("manipulated", "authentic", "manipulated", "unsure")


def product_loop(token: str, csrf: str, seed: int) -> Loop:
    """A reviewer's next → vote under a browser session, as the front end does it."""
    headers = {"Cookie": f"clipjury_session={token}", "X-CSRF-Token": csrf}
    turn = iter(range(seed, 10**9))

    def loop(connection: http.client.HTTPConnection) -> tuple[float, float] | None:
        status, lease, next_ms = call(connection, "POST", "/api/v1/assignments", headers)
        if status == 204:
            return None
        if status not in (200, 201):
            raise RuntimeError(f"next answered {status}: {lease}")
        label = ANSWERS[next(turn) % len(ANSWERS)]
        body = {
            "label": label,
            "confidence": None if label == "unsure" else 0.8,
            "kinds": ["face_swap"] if label == "manipulated" else [],
            "segments": [{"start_frame": 10, "end_frame": 40}] if label == "manipulated" else [],
            "regions": [],
            "cues": [],
            "rationale": "",
        }
        status, vote, vote_ms = call(
            connection, "POST", f"/api/v1/assignments/{lease['id']}/vote", headers, body
        )
        if status != 201:
            raise RuntimeError(f"vote answered {status}: {vote}")
        return next_ms, vote_ms

    return loop


def csrf_of(port: int, token: str) -> str:
    """The CSRF token of a browser session, asked for as a browser does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    status, session, _ = call(connection, "GET", "/api/v1/session", {"Cookie": f"clipjury_session={token}"})
    connection.close()
    if status != 200 or not session.get("csrf_token"):
        raise RuntimeError(f"the session was not accepted: {status} {session}")
    return str(session["csrf_token"])


def floor_loop(user_id: int) -> Loop:
    """The floor's next → vote."""
    headers = {"X-User": str(user_id)}

    def loop(connection: http.client.HTTPConnection) -> tuple[float, float] | None:
        status, item, next_ms = call(connection, "GET", "/next?project=1", headers)
        if status == 404:
            return None
        _, _, vote_ms = call(connection, "POST", "/vote", headers, {"item": item["id"], "answer": True})
        return next_ms, vote_ms

    return loop
