"""The small tools of drawing: shares that add up, ranks within groups, streams that do not touch."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from saiban.synth.draw import TOPICS, largest_remainder, rank_within, stream


@given(total=st.integers(0, 10_000), weights=st.lists(st.integers(1, 1000), min_size=1, max_size=40))
def test_parts_add_up_and_are_never_a_whole_one_off(total, weights):
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    exact = [total * weight / sum(weights) for weight in weights]
    assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(-10, 10)), min_size=1, max_size=60))
def test_ranks_order_each_group_by_score(rows):
    groups = np.array([group for group, _ in rows])
    scores = np.array([score for _, score in rows])
    ranks = rank_within(groups, scores)
    for group in set(groups.tolist()):
        inside = groups == group
        assert sorted(ranks[inside]) == list(range(inside.sum()))
        by_rank = scores[inside][np.argsort(ranks[inside])]
        assert (np.diff(by_rank) <= 0).all()


def test_no_two_topics_or_places_share_a_stream():
    draws = {
        stream(1, place, topic).integers(1 << 62)
        for place in [(1, 0, 0), (1, 0, 1), (1, 1, 0), (2, 0, 0), (1, 0)]
        for topic in TOPICS
    }
    assert len(draws) == 5 * len(TOPICS)
