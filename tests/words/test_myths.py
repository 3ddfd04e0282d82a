"""Every card that an experiment can settle is settled by it, and nothing is printed from memory."""

from itertools import groupby

import numpy as np
import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.gradients.decay import Start
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace
from lstm_viz.run.weights import init_weights
from lstm_viz.words.literature import CERTAINTY, CLAIMS, about
from lstm_viz.words.myths import CARDS

SETTLED = [card for card in CARDS if card.experiment]


@pytest.mark.parametrize("card", SETTLED, ids=lambda card: card.key)
def test_the_experiment_finds_what_the_card_says(card):
    outcome = card.experiment()
    assert outcome.holds is card.holds
    sentence = outcome.sentence.format(**outcome.numbers)
    assert "{" not in sentence
    numbers = [n for n in outcome.numbers.values() if isinstance(n, float)]
    assert np.isfinite(numbers).all()


def test_whoever_always_says_the_same_is_right_about_half_of_the_time():
    true = sum(card.holds for card in CARDS)
    assert abs(true - len(CARDS) / 2) <= 1
    runs = [len(list(same)) for _holds, same in groupby(card.holds for card in CARDS)]
    assert max(runs) <= 5  # nor do the answers stand in blocks
    assert len({card.key for card in CARDS}) == len(CARDS)


def test_nothing_is_said_without_a_source_or_from_memory():
    for said in (*CARDS, *CLAIMS):
        assert said.source
        assert said.certainty in CERTAINTY
    assert "M" not in CERTAINTY


def test_a_finding_speaks_about_cells_of_the_catalogue():
    assert {cell for claim in CLAIMS for cell in claim.cells} <= set(CELLS)
    assert any("critical" in claim.text for claim in about("nfg"))
    assert about("ugrnn") == ()


def outcome_of(key: str) -> dict:
    experiment = next(card.experiment for card in CARDS if card.key == key)
    assert experiment is not None
    return dict(experiment().numbers)


def test_a_forget_bias_of_1_is_a_half_life_of_2_2_steps():
    assert outcome_of("bias of one")["t"] == pytest.approx(np.log(2) / np.log1p(np.exp(-1)))


def test_an_untrained_lstm_halves_nearly_as_soon_as_an_untrained_rnn():
    found = outcome_of("vanishing")
    assert max(found["lstm"], found["rnn"]) < 1e-3
    assert found["lstm_life"] < 2 * found["rnn_life"]


@pytest.mark.parametrize(
    ("card", "number", "cell", "start", "distance"),
    [
        ("vanishing", "lstm", "lstm", Start(), 20),
        ("vanishing", "rnn", "rnn", Start(), 20),
        ("singular value", "left", "rnn", Start(), 20),
        ("product of f", "whole", "lstm", Start(forget_bias=1.0), 20),
        ("explosion", "growth", "lstm", Start(forget_bias=5.0, steps=100, hidden=64), 90),
    ],
)
def test_a_card_and_the_page_of_gradients_have_one_answer(card, number, cell, start, distance):
    """Measured here by finite differences of the recurrence itself, for the page's own start."""
    trace = start.trace(CELLS[cell])
    experiment = next(one.experiment for one in CARDS if one.key == card)
    assert experiment is not None
    assert "“How far back?”" in experiment().sentence
    again = np.exp(np.log(left_by_differences(trace, distance)).mean())
    assert outcome_of(card)[number] == pytest.approx(again, rel=1e-4)


def left_by_differences(trace: Trace, distance: int) -> np.ndarray:
    """For each sequence the norm of d state_T / d state_{T - distance}, beside that at 0.

    The state is the memory, h following it, or where there is none, h.
    """
    cell, T = trace.cell, len(trace.x)
    norms = []
    for back in (distance, 0):
        t, norm = T - 1 - back, []
        for sequence in range(trace.x.shape[1]):
            piece = trace.piece(slice(None), sequence)
            norm.append(np.linalg.norm(slopes(cell, piece, t)))
        norms.append(norm)
    return np.array(norms[0]) / np.array(norms[1])


def slopes(cell: Cell, trace: Trace, t: int, little: float = 1e-6) -> np.ndarray:
    """d state_T / d state_t, (H, H): the run goes on from a state that is a little other."""
    memory = cell.memory or "h"
    H, rest = trace.h.shape[2], trace.x[t + 1 :]
    ends = []
    for sign in (1, -1):
        state = {name: np.repeat(trace[name][t], H, axis=0) for name in cell.states}
        state[memory] = state[memory] + sign * little * np.eye(H)
        if memory == "c":
            state["h"] = np.repeat(trace.o[t], H, axis=0) * np.tanh(state["c"])
        if len(rest):
            state = run(cell, trace.weights, np.repeat(rest, H, axis=1), state).last
        ends.append(state[memory])
    difference: np.ndarray = (ends[0] - ends[1]) / (2 * little)
    return difference


def test_a_shut_output_gate_leaves_only_the_product_of_f():
    found = outcome_of("closed output")
    assert found["lstm_whole"] == pytest.approx(found["lstm_product"], rel=1e-9)
    assert found["peephole_whole"] != pytest.approx(found["peephole_product"], rel=0.01)
    free = outcome_of("product of f")
    assert free["whole"] > 5 * free["product"]


def test_where_two_gates_add_up_to_one_is_said_of_the_cells_in_which_they_do():
    """Kept and written: 1 in the coupled cell and in the GRU, more in JANET."""
    x = np.random.default_rng(4).normal(size=(9, 2, 3))
    sums = {}
    for name in ("coupled", "gru", "janet"):
        trace = run(CELLS[name], init_weights(CELLS[name], 3, 5, seed=7), x)
        kept = trace.value(str(CELLS[name].kept))
        sums[name] = kept + (trace.i if name != "gru" else 1 - trace.z)
    assert np.abs(sums["coupled"] - 1).max() < 1e-15
    assert np.abs(sums["gru"] - 1).max() < 1e-15
    assert sums["janet"].min() > 1
    because = next(card.because for card in CARDS if card.key == "sum to one")
    assert "coupled cell and the GRU" in because
    assert "JANET they always add up to more" in because


def test_two_grus_with_the_same_weights_differ_as_torch_and_the_equations_say():
    assert 0.001 < outcome_of("reset")["apart"] < 0.1
