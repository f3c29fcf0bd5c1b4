"""Cutting an archive into arrivals: nothing lost, nothing early, order does not matter."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.model import BUCKET, RawItem
from tocsin.replay.recording import cut_recording, timeline

START = datetime(2015, 2, 17, 8, 0, tzinfo=UTC)


def item(number: int, seconds: int) -> RawItem:
    at = START + timedelta(seconds=seconds)
    return RawItem(
        id=f"{number:08d}",
        source_id="archive",
        network="social",
        url="",
        title="",
        text=f"post {number}",
        author="",
        published_at=at,
        discovered_at=START + timedelta(days=4000),
    )


moments = st.lists(st.integers(min_value=0, max_value=7200), max_size=60)


@given(moments, st.randoms(use_true_random=False))
def test_every_item_arrives_once_and_never_before_it_was_written(seconds, random):
    items = [item(n, s) for n, s in enumerate(seconds)]
    batches = list(cut_recording(items))
    arrived = [(batch, member) for batch in batches for member in batch.items]
    assert sorted(member.id for _, member in arrived) == sorted(i.id for i in items)
    assert all(batch.arrives - BUCKET <= member.published_at < batch.arrives for batch, member in arrived)
    random.shuffle(items)
    assert list(cut_recording(items)) == batches


def test_the_moved_clock_discovers_a_post_when_it_was_written_not_when_the_archive_was_read():
    (batch,) = cut_recording([item(1, 30)])
    assert batch.items[0].discovered_at == batch.items[0].published_at


def test_the_clock_ticks_through_silence_and_hands_each_batch_over_once():
    batches = list(cut_recording([item(1, 10), item(2, 20), item(3, 3600)]))
    last = batches[-1].arrives + timedelta(hours=1)
    seen = list(timeline(iter(batches), batches[0].arrives, last, rest=timedelta(hours=1), is_busy=lambda: False))
    assert [at for at, _ in seen] == [START + BUCKET * n for n in range(1, 26)]
    assert [batch.id for _, batch in seen if batch] == [batch.id for batch in batches]


@pytest.mark.parametrize(("busy_for", "ticks"), [(0, 13 + 1), (20, 20 + 1)])
def test_the_clock_jumps_over_ten_years_of_silence_once_nothing_is_going_on(busy_for, ticks):
    batches = list(cut_recording([item(1, 10), item(2, 10 * 365 * 86_400)]))
    seen = []
    moments = timeline(
        iter(batches),
        batches[0].arrives,
        batches[1].arrives,
        rest=timedelta(hours=1),
        is_busy=lambda: len(seen) < busy_for,
    )
    for moment in moments:
        seen.append(moment)  # noqa: PERF402 - is_busy looks at it meanwhile
    assert len(seen) == ticks
    assert [batch.id for _, batch in seen if batch] == [batch.id for batch in batches]
    assert [at - START for at, _ in seen[:-1]] == [BUCKET * n for n in range(1, ticks)]
