"""What is kept for the next user is never in two hands, and never too much."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from lstm_viz.cells import CELLS
from lstm_viz.run import run as reading
from lstm_viz.run.idle import Idle
from lstm_viz.run.run import run
from lstm_viz.run.weights import init_weights


def kept(idle: Idle, *sizes: int) -> list[np.ndarray]:
    """What is lent after one of each of these sizes was made and put back."""
    for size in sizes:
        with idle.lent(size):
            pass
    return [thing for _key, thing in idle._there]


def test_what_was_put_back_is_lent_again():
    idle = Idle(np.zeros, most=2, most_bytes=10**6)
    with idle.lent(3) as first:
        pass
    with idle.lent(3) as again:
        assert again is first


def test_what_is_lent_is_not_lent_to_another():
    idle = Idle(np.zeros, most=2, most_bytes=10**6)
    with idle.lent(3) as one, idle.lent(3) as other:
        assert one is not other


def test_what_was_used_longest_ago_goes_first():
    idle = Idle(np.zeros, most=2, most_bytes=10**6)
    assert [len(thing) for thing in kept(idle, 1, 2, 3, 2)] == [3, 2]
    assert [len(thing) for thing in kept(Idle(np.zeros, 9, 8 * 5), 1, 2, 3)] == [2, 3]
    assert kept(Idle(np.zeros, 9, 8 * 5), 6) == []


def test_many_threads_each_have_their_own():
    idle = Idle(np.zeros, most=4, most_bytes=10**6)

    def alone(number: int) -> bool:
        with idle.lent(100) as thing:
            thing[...] = number
            return all((thing == number).all() for _ in range(20))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(alone, range(200)))


def test_cells_that_come_and_go_leave_a_fixed_number_of_workspaces_behind():
    reading._IDLE.clear()
    for units in range(1, 50):
        run(CELLS["rnn"], init_weights(CELLS["rnn"], 2, units), np.ones((3, 1, 2)))
    assert len(reading._IDLE._there) == 32
