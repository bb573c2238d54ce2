"""Links between clips: groups, exposures and votes, under races and in any order."""

from __future__ import annotations

import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from tests.conftest import Database
from tests.factories.rows import ballot, make_open_clip, make_user

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import exposures, fingerprints
from clipjury.db.queries.clips import NewClip
from clipjury.db.queries.fingerprints import HashedFrame
from clipjury.db.transaction import transaction
from clipjury.domain.errors import ClipJuryError, ConflictError
from clipjury.domain.near_duplicates import Likeness
from clipjury.services import near_duplicates, quarantine
from clipjury.services.assignments import lease_next_clip
from clipjury.services.votes import cast_vote

STRONG = Likeness(2, 1.0, 1.0, 10, False)
WEAK = Likeness(28, 0.4, 0.3, 3, False)


def rows(statement: str, **parameters: object) -> list[tuple[object, ...]]:
    with transaction() as session:
        return [tuple(row) for row in session.execute(text(statement), parameters)]


def group_of(clip_id: uuid.UUID) -> object:
    return rows("SELECT group_id FROM clips WHERE id = :c", c=clip_id)[0][0]


def is_exposed(user_id: int, clip_id: uuid.UUID) -> bool:
    found = rows(
        "SELECT 1 FROM exposures e JOIN clips c ON c.group_id = e.group_id WHERE c.id = :c AND e.user_id = :u",
        c=clip_id, u=user_id,
    )  # fmt: skip
    return bool(found)


def read(user_id: int, clip_id: uuid.UUID) -> None:
    rows(
        "INSERT INTO exposures (user_id, group_id, reason) SELECT :u, group_id, 'read' FROM clips WHERE id = :c "
        "ON CONFLICT DO NOTHING RETURNING 1",
        u=user_id, c=clip_id,
    )  # fmt: skip


def reader_of(clip_id: uuid.UUID) -> int:
    with transaction() as session:
        reader = make_user(session)
    read(reader, clip_id)
    return reader


def pair_of(a: uuid.UUID, b: uuid.UUID, likeness: Likeness = WEAK) -> uuid.UUID:
    with transaction() as session:
        pair_id = near_duplicates.record_likeness(session, a, b, likeness)
    assert pair_id is not None
    return pair_id


def decide(pair_id: uuid.UUID, state: str, moderator: int) -> None:
    act = {
        "confirmed": near_duplicates.confirm_near_duplicate,
        "rejected": near_duplicates.reject_near_duplicate,
    }[state]
    with transaction() as session:
        act(session, pair_id, moderator, "because")


def lease_of(clip_id: uuid.UUID, user_id: int) -> uuid.UUID:
    """A live lease of just this clip."""
    return uuid.UUID(
        str(
            rows(
                "WITH m AS (UPDATE clips SET live_leases = live_leases + 1 WHERE id = :c) INSERT INTO assignments "
                "(clip_id, reviewer_id, expires_at) VALUES (:c, :u, now() + interval '1 hour') RETURNING id",
                c=clip_id, u=user_id,
            )[0][0]
        )
    )  # fmt: skip


@pytest.fixture
def moderator(database: Database) -> int:
    with transaction() as session:
        return make_user(session, "moderator")


def two_clips(**more: object) -> tuple[uuid.UUID, uuid.UUID]:
    with transaction() as session:
        uploader = make_user(session)
        return (
            make_open_clip(session, uploader, **more),  # type: ignore[arg-type]
            make_open_clip(session, uploader, **more),  # type: ignore[arg-type]
        )


def test_a_close_copy_is_linked_at_once_and_a_weak_likeness_only_suggested(database: Database) -> None:
    a, b = two_clips()
    c, d = two_clips()
    pair_of(a, b, STRONG)
    pair_of(c, d, WEAK)
    assert group_of(a) == group_of(b)
    assert group_of(c) != group_of(d)
    assert rows("SELECT state FROM near_duplicates ORDER BY state") == [("linked",), ("suggested",)]
    assert rows("SELECT state, actor_id FROM near_duplicate_changes ORDER BY id") == [
        ("linked", None),
        ("suggested", None),
    ]
    with transaction() as session:  # the same pair again, found from the other side, is no news
        assert near_duplicates.record_likeness(session, b, a, STRONG) is None


def test_a_link_carries_exposures_over_and_keeps_verdicts_and_votes_apart(moderator: int) -> None:
    a, b = two_clips()
    with transaction() as session:
        reader, voter = make_user(session), make_user(session)
        exposures.expose(session, reader, b, "read")
    lease = lease_of(a, voter)
    with transaction() as session:
        cast_vote(session, lease, voter, ballot())
    before = rows("SELECT id, votes_count, p_full, state, outcome FROM clips ORDER BY id")
    decide(pair_of(a, b), "confirmed", moderator)
    for user_id in (reader, voter):
        assert is_exposed(user_id, a)
        assert is_exposed(user_id, b)
    assert rows("SELECT id, votes_count, p_full, state, outcome FROM clips ORDER BY id") == before
    for user_id in (reader, voter):
        with transaction() as session:
            assert lease_next_clip(session, user_id, start=0.3) is None


def test_rejecting_gives_each_clip_its_own_group_back(moderator: int) -> None:
    a, b = two_clips()
    was = group_of(a), group_of(b)
    pair_id = pair_of(a, b, STRONG)
    reader = reader_of(a)
    decide(pair_id, "rejected", moderator)
    assert (group_of(a), group_of(b)) == was
    assert is_exposed(reader, a), "who saw the whole has seen each part, as far as anybody knows"
    assert is_exposed(reader, b)
    late = reader_of(a)
    assert not is_exposed(late, b), "what is seen afterwards bars from that clip alone"
    assert rows("SELECT state, actor_id FROM near_duplicate_changes ORDER BY id") == [
        ("linked", None),
        ("rejected", moderator),
    ]
    decide(pair_id, "confirmed", moderator)
    assert group_of(a) == group_of(b)


def test_three_clips_stay_together_through_the_link_that_is_left(moderator: int) -> None:
    a, b = two_clips()
    c, _ = two_clips()
    ab, bc, ac = pair_of(a, b, STRONG), pair_of(b, c, STRONG), pair_of(a, c)
    assert group_of(a) == group_of(b) == group_of(c)
    decide(ac, "rejected", moderator)
    assert group_of(a) == group_of(c), "b holds them together"
    decide(ab, "rejected", moderator)
    assert group_of(b) == group_of(c) != group_of(a)
    assert group_of(a) == a
    decide(bc, "rejected", moderator)
    assert [group_of(clip_id) for clip_id in (a, b, c)] == [a, b, c]


def test_groups_of_different_gold_roles_are_refused_and_the_pair_stays_a_suggestion(moderator: int) -> None:
    a, b = two_clips()
    for clip_id, role in ((a, "serve"), (b, "gate")):
        rows(
            "INSERT INTO gold_labels (clip_id, label, role, source) VALUES (:c, 'authentic', :r, 'test') RETURNING 1",
            c=clip_id, r=role,
        )  # fmt: skip
    pair_id = pair_of(a, b, STRONG)
    assert rows("SELECT state, hindrance FROM near_duplicates") == [("suggested", "gold_roles")]
    assert group_of(a) != group_of(b)
    with pytest.raises(ConflictError) as refused:
        decide(pair_id, "confirmed", moderator)
    assert refused.value.code == "gold_roles_differ"
    assert rows("SELECT state FROM near_duplicates") == [("suggested",)]
    decide(pair_id, "rejected", moderator)


def test_a_clip_of_a_named_group_joins_where_the_group_has_gone(moderator: int) -> None:
    name = uuid.uuid4()
    with transaction() as session:
        uploader = make_user(session)
        a = make_open_clip(session, uploader, group_id=name)
        b = make_open_clip(session, uploader)
    pair_id = pair_of(a, b, STRONG)
    new = NewClip("f" * 64, 1, "mov", "late.mp4", uploader, group_id=name)
    with transaction() as session:
        late = clip_queries.insert_clip(session, new)
    assert late is not None
    assert group_of(late) == group_of(a) == group_of(b)
    decide(pair_id, "rejected", moderator)
    assert group_of(late) == group_of(a) == name
    assert group_of(b) == b


def test_a_lease_is_withdrawn_when_its_holder_knows_the_other_clip(moderator: int) -> None:
    a, b = two_clips()
    with transaction() as session:
        knows, knows_nothing = make_user(session), make_user(session)
        exposures.expose(session, knows, a, "read")
    held, kept = lease_of(b, knows), lease_of(b, knows_nothing)
    decide(pair_of(a, b), "confirmed", moderator)
    assert rows("SELECT state FROM assignments WHERE id = :i", i=held) == [("withdrawn",)]
    assert rows("SELECT live_leases FROM clips WHERE id = :b", b=b) == [(1,)]
    with transaction() as session, pytest.raises(ConflictError) as refused:
        cast_vote(session, held, knows, ballot())
    assert refused.value.code == "lease_withdrawn"
    with transaction() as session:
        assert cast_vote(session, kept, knows_nothing, ballot()).created


def test_the_history_cannot_be_changed(moderator: int) -> None:
    a, b = two_clips()
    pair_of(a, b, STRONG)
    for statement in (
        "DELETE FROM near_duplicate_changes",
        "UPDATE near_duplicate_changes SET state = 'rejected'",
        "DELETE FROM group_changes",
        "UPDATE group_changes SET to_group_id = from_group_id",
        "DELETE FROM group_parts",
    ):
        with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
            rows(f"{statement} RETURNING 1")


def test_a_copy_of_a_clip_that_is_safeguarded_is_withheld_on_arrival(moderator: int) -> None:
    a, b = two_clips()
    with transaction() as session:
        quarantine.quarantine_clip(session, a, desk="safeguarding", reason="minor", actor_id=None)
    pair_of(b, a, STRONG)
    assert rows("SELECT DISTINCT is_safeguarded, quarantined_at IS NULL FROM clips") == [(True, False)]


def hashed(*bits: int) -> list[HashedFrame]:
    return [HashedFrame(frame, number, number ^ (2**256 - 1), 80) for frame, number in enumerate(bits)]


def test_hashes_do_not_pile_up_before_the_index(database: Database) -> None:
    rng = random.Random(5)
    for _ in range(30):
        with transaction() as session:
            clip_id = make_open_clip(session, make_user(session))
            fingerprints.store(session, clip_id, "r", hashed(*(rng.getrandbits(256) for _ in range(40))))
    owner = create_engine(database.owner_url)
    with owner.begin() as connection:
        waiting = connection.execute(
            text("SELECT gin_clean_pending_list('ix_clip_hashes_bands')")
        ).scalar_one()
    owner.dispose()
    assert waiting <= 16, "pages of 8 kB that every search reads from end to end"


def test_the_index_finds_near_hashes_and_leaves_far_ones_alone(database: Database) -> None:
    rng = random.Random(4)
    frames = [rng.getrandbits(256) for _ in range(8)]

    def near(bits: int, n: int) -> int:
        for place in rng.sample(range(256), n):
            bits ^= 1 << place
        return bits

    with transaction() as session:
        uploader = make_user(session)
        clip, copy, mirror, far = (make_open_clip(session, uploader) for _ in range(4))
        near_duplicates.record_hashes(session, clip, hashed(*frames))
        near_duplicates.record_hashes(session, copy, hashed(*(near(bits, 20) for bits in frames)))
        near_duplicates.record_hashes(session, mirror, hashed(*(bits ^ (2**256 - 1) for bits in frames)))
        near_duplicates.record_hashes(session, far, hashed(*(near(bits, 60) for bits in frames)))
    with transaction() as session:
        found = dict(near_duplicates.find_likenesses(session, clip))
    assert set(found) == {copy, mirror}
    assert (found[copy].share_a, found[copy].is_mirrored) == (1.0, False)
    assert (found[mirror].share_a, found[mirror].is_mirrored) == (1.0, True)
    with transaction() as session:  # storing again replaces
        near_duplicates.record_hashes(session, copy, [], failure_code="decode_failed")
        assert fingerprints.get_fingerprints(session, [copy])[copy].hashes == ()
        assert [clip_id for clip_id, _ in near_duplicates.find_likenesses(session, clip)] == [mirror]


# --- races ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", range(3))
def test_of_votes_on_both_copies_while_they_are_linked_at_most_one_a_person_lands_after_the_link(
    moderator: int, attempt: int
) -> None:
    """Everybody votes on one copy, then at once on the other, while the link is made in the middle of it."""
    with transaction() as session:
        uploader = make_user(session)
        clips = [make_open_clip(session, uploader, cap=40, parallel_leases=40) for _ in range(2)]
        people = [make_user(session) for _ in range(12)]
    pair_id = pair_of(*clips)
    start = threading.Barrier(len(people) + 1)
    rng = random.Random(attempt)
    orders = {person: rng.sample(clips, 2) for person in people}

    def vote_on_both(person: int) -> None:
        start.wait()
        for clip_id in orders[person]:
            try:
                lease = lease_of(clip_id, person)
                with transaction() as session:
                    cast_vote(session, lease, person, ballot("unsure", None))
            except ClipJuryError:
                rows("UPDATE assignments SET state = 'expired' WHERE reviewer_id = :u AND state = 'leased' "
                     "RETURNING id", u=person)  # fmt: skip

    def link() -> None:
        start.wait()
        threading.Event().wait(0.01 * attempt + 0.02)
        decide(pair_id, "confirmed", moderator)

    with ThreadPoolExecutor(len(people) + 1) as pool:
        done = [pool.submit(vote_on_both, person) for person in people] + [pool.submit(link)]
        for each in done:
            each.result()
    linked_at = rows("SELECT min(at) FROM group_changes")[0][0]
    assert group_of(clips[0]) == group_of(clips[1])
    # Both moments are taken under the clips' locks, so their order is the order in which things happened.
    late = rows(
        "SELECT reviewer_id FROM votes GROUP BY reviewer_id HAVING count(*) = 2 AND max(cast_at) > :at",
        at=linked_at,
    )
    assert late == []
    for person in people:
        for clip_id in clips:
            if rows("SELECT 1 FROM votes WHERE reviewer_id = :u", u=person):
                assert is_exposed(person, clip_id)


def test_a_vote_that_waits_for_the_link_is_refused_when_its_voter_knew_the_other_copy(moderator: int) -> None:
    """The lease is read before the link commits and locked after it: the exposure must be looked up once more."""
    a, b = two_clips()
    with transaction() as session:
        voter = make_user(session)
    first = lease_of(a, voter)
    with transaction() as session:
        cast_vote(session, first, voter, ballot())
    pair_id = pair_of(a, b)
    second = lease_of(b, voter)
    linked, go_on = threading.Event(), threading.Event()

    def link_slowly() -> None:
        with transaction() as session:
            near_duplicates.confirm_near_duplicate(session, pair_id, moderator, "")
            # As if the lease had come between the link's two locks: it is live once the link is made.
            session.execute(
                text("UPDATE assignments SET state = 'leased', ended_at = NULL WHERE id = :i"), {"i": second}
            )
            session.execute(text("UPDATE clips SET live_leases = 1 WHERE id = :b"), {"b": b})
            linked.set()
            go_on.wait(5)

    def vote() -> str:
        try:
            with transaction() as session:
                cast_vote(session, second, voter, ballot())
        except ConflictError as refused:
            return refused.code
        return "sealed"

    with ThreadPoolExecutor(2) as pool:
        link = pool.submit(link_slowly)
        linked.wait(5)
        answer = pool.submit(vote)
        threading.Event().wait(0.3)
        assert not answer.done(), "the vote waits for the link's locks"
        go_on.set()
        link.result()
        assert answer.result() == "lease_expired"
    assert rows("SELECT count(*) FROM votes") == [(1,)]


def test_a_reader_who_notes_the_old_group_after_the_link_is_barred_from_the_whole(moderator: int) -> None:
    a, b = two_clips()
    old_group_of_b = group_of(b)
    with transaction() as session:
        reader = make_user(session)
    lease = lease_of(a, reader)
    decide(pair_of(a, b), "confirmed", moderator)
    with transaction() as session:  # the page of b was read before, its exposure is committed after
        exposures.expose(session, reader, old_group_of_b, "read")  # type: ignore[arg-type]
    with transaction() as session, pytest.raises(ConflictError) as refused:
        cast_vote(session, lease, reader, ballot())
    assert refused.value.code == "lease_expired"


def test_links_and_rejections_at_once_leave_the_groups_as_the_links_say(moderator: int) -> None:
    with transaction() as session:
        uploader = make_user(session)
        clips = [make_open_clip(session, uploader) for _ in range(5)]
    pairs = [pair_of(a, b) for number, a in enumerate(clips) for b in clips[:number]]

    def act(number: int) -> None:
        rng = random.Random(number)
        for _ in range(6):
            decide(rng.choice(pairs), rng.choice(["confirmed", "rejected"]), moderator)

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(act, number) for number in range(4)]:
            each.result()
    assert_consistent()


def assert_consistent() -> None:
    """Groups are exactly the parts that the standing links join, and nobody's exposure was lost by a move."""
    clips = [row[0] for row in rows("SELECT id FROM clips")]
    parent = {clip: clip for clip in clips}

    def root(clip: object) -> object:
        while parent[clip] != clip:
            clip = parent[clip]
        return clip

    for a, b in rows(
        "SELECT clip_a_id, clip_b_id FROM near_duplicates WHERE state IN ('linked', 'confirmed')"
    ):
        parent[root(a)] = root(b)
    groups = dict(rows("SELECT id, group_id FROM clips"))
    for a in clips:
        for b in clips:
            assert (groups[a] == groups[b]) == (root(a) == root(b))
    lost = rows(
        "SELECT v.reviewer_id FROM votes v JOIN clips c ON c.id = v.clip_id WHERE NOT EXISTS "
        "(SELECT FROM exposures e WHERE e.user_id = v.reviewer_id AND e.group_id = c.group_id)"
    )
    assert lost == []


acts = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["confirmed", "rejected"]), st.integers(0, 2)),
        st.tuples(st.just("vote"), st.integers(0, 5)),
        st.tuples(st.just("read"), st.integers(0, 5)),
    ),
    max_size=10,
)


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts)
def test_in_whatever_order_clips_are_linked_rejected_and_voted_on_groups_and_exposures_hold(
    moderator: int, acts: list[tuple[str, int]]
) -> None:
    with transaction() as session:
        uploader = make_user(session)
        clips = [make_open_clip(session, uploader) for _ in range(3)]
        people = [make_user(session) for _ in range(2)]
    pairs = [pair_of(a, b) for a, b in ((clips[0], clips[1]), (clips[1], clips[2]), (clips[0], clips[2]))]
    knew: set[tuple[int, object]] = set()
    for act, number in acts:
        person, clip_id = people[number % 2], clips[number % 3]
        if act in ("confirmed", "rejected"):
            decide(pairs[number], act, moderator)
        elif act == "read":
            read(person, clip_id)
        else:
            barred = is_exposed(person, clip_id)
            lease = lease_of(clip_id, person)
            try:
                with transaction() as session:
                    cast_vote(session, lease, person, ballot("unsure", None))
                assert not barred
            except ConflictError as refused:
                assert barred, refused.code
                rows("UPDATE assignments SET state = 'expired' WHERE id = :i RETURNING 1", i=lease)
                rows("UPDATE clips SET live_leases = live_leases - 1 WHERE id = :c RETURNING 1", c=clip_id)
        now = {(p, c) for p in people for c in clips if is_exposed(p, c)}
        assert knew <= now, "nothing that is known is ever forgotten"
        knew = now
    assert_consistent()
