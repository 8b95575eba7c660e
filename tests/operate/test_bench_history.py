"""Earlier benchmarks are kept, and a figure that got worse is named."""

from datetime import date

from bench import history

RUN = {
    "matching": {"times_slower_than_floor": 1.6, "times_faster_than_peer": 200, "matching_per_second": 9000},
    "pages": {"queries": 3, "share_of_bare_requests": 0.6, "goal_share_of_bare_requests": 0.6},
    "audit": {"forks": 0, "at_once": [2, 4]},
}


def _but(part, **figures):
    return RUN | {part: RUN[part] | figures}


def test_keeps_what_can_be_compared_and_finds_it_again(tmp_path):
    place = tmp_path / "history.jsonl"
    for day in range(1, 8):
        history.keep(RUN, on=date(2026, 11, day), place=place)

    kept = history.earlier(place)

    assert [run["on"] for run in kept] == [f"2026-11-0{day}" for day in range(3, 8)]
    assert set(kept[0]) - {"on"} == {
        "matching.times_slower_than_floor", "matching.times_faster_than_peer", "pages.queries",
        "pages.share_of_bare_requests", "audit.forks",
    }  # fmt: skip


def test_finds_nothing_where_nothing_was_kept(tmp_path):
    assert history.earlier(tmp_path / "none.jsonl") == []
    assert history.worse(RUN, []) == []


def test_names_what_got_worse_and_nothing_else():
    before = [history.comparable(RUN)] * 3

    assert history.worse(RUN, before) == []
    assert history.worse(_but("pages", queries=2, share_of_bare_requests=0.9), before) == []
    assert history.worse(_but("matching", times_slower_than_floor=2.4), before) == [
        "matching.times_slower_than_floor: 2.4, was 1.6"
    ]
    assert history.worse(_but("matching", times_faster_than_peer=100), before)
    assert history.worse(_but("pages", share_of_bare_requests=0.3), before)
    assert history.worse(_but("audit", forks=1), before) == ["audit.forks: 1, was 0"]
