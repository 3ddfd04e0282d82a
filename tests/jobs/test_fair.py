"""Whose turn it is, and who makes room: no number of names, and no length, keeps others out."""

import random

import pytest

from lstm_viz.jobs.fair import Claim, in_turn, making_room


def claim(job: str, owner: str = "", size: float = 1, time: float = 0, address: str = "") -> Claim:
    return Claim(job, owner or job, address, size, time)


def test_a_persons_second_run_waits_for_everybodys_first():
    ada = [claim(f"ada {n}", "ada") for n in range(3)]
    ben = claim("ben 0", "ben", time=0.001)
    assert in_turn([*ada, ben]) == ["ada 0", "ben 0", "ada 1", "ada 2"]


def test_what_runs_counts_too():
    waiting = [claim("ada 1", "ada"), claim("ben 0", "ben", time=0.5)]
    assert in_turn(waiting, [claim("ada 0", "ada")]) == ["ben 0", "ada 1"]


@pytest.mark.parametrize("address", ["", "elsewhere"])
def test_a_short_run_passes_hours_of_long_ones(address):
    flood = [claim(f"{n}", size=300, time=n / 10) for n in range(70)]
    short = claim("short", size=5, time=9, address=address)
    assert in_turn([*flood, short])[0] == "short"


def test_a_long_run_does_not_wait_for_ever_behind_short_ones():
    long = claim("long", size=300)
    short = [claim(f"{n}", size=5, time=5 * n) for n in range(100)]
    assert in_turn([long, *short]).index("long") < 65


def test_an_address_with_many_names_has_a_turn_like_an_address_with_one():
    many = [claim(f"{n}", size=10, address="a") for n in range(50)]
    one = [claim(f"one {n}", "one", 10, address="b") for n in range(5)]
    order = in_turn([*many, *one])
    assert [order.index(c.job) for c in one] == [1, 3, 5, 7, 9]


def test_one_persons_runs_keep_their_order_whatever_the_others_ask_for():
    chance = random.Random(0)
    claims = [
        claim(f"{n}", f"{chance.randrange(5)}", chance.choice([1, 5, 300]), n, chance.choice("ab"))
        for n in range(60)
    ]
    claims = [Claim(c.job, c.owner, "ab"[int(c.owner) % 2], c.size, c.time) for c in claims]
    order = in_turn(claims)
    assert sorted(order) == sorted(c.job for c in claims)
    for owner in {c.owner for c in claims}:
        own = [c.job for c in claims if c.owner == owner]
        assert [job for job in order if job in own] == own


def test_the_largest_share_makes_room_and_of_it_the_oldest():
    ada = [claim(f"ada {n}", "ada", 10, time=n) for n in range(4)]
    ben = [claim("ben", "ben", 25, time=-9)]
    assert making_room([*ada, *ben], 100, 50) == ["ada 0", "ada 1"]
    assert making_room([*ada, *ben], 2, 1e9) == ["ada 0", "ada 1", "ada 2"]
    assert making_room([*ada, *ben], 5, 65) == []


def test_an_address_with_many_names_makes_room_before_one_with_a_single_run():
    many = [claim(f"{n}", size=10, time=100 + n, address="a") for n in range(9)]
    one = claim("one", size=15, time=0, address="b")
    assert making_room([*many, one], 100, 60) == ["0", "1", "2", "3", "4"]
    assert making_room([one], 0, 1e9) == ["one"]
