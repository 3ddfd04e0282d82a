"""The gate table: what a row says the memory becomes is what it becomes when its gates are held."""

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.variants import CORNERS, hides, reachable
from lstm_viz.networks.held import Span, read_held
from lstm_viz.networks.network import load
from lstm_viz.words.gate_table import gate_table
from lstm_viz.words.holding import look_at_network
from tests.agreement import assert_equal

T, B, D, H = 6, 1, 3, 4
X = np.random.default_rng(0).normal(size=(T, B, D))
FROM = 3  # the step from which gates are held


def table(cell: Cell) -> dict:
    return {row.name: row for row in gate_table(cell)}


def held(cell: Cell, row: str) -> lv.Trace:
    """The run with the gates of a row held from a step on."""
    hold = {gate: np.full((T, 1, 1), np.nan) for gate in table(cell)[row].held}
    for gate, value in table(cell)[row].held.items():
        hold[gate][FROM:] = value
    return lv.run(cell, lv.init_weights(cell, D, H, seed=2), X, hold=hold)


@pytest.mark.parametrize("name", CELLS)
def test_the_rows_that_can_be_held_are_those_that_the_cell_reaches(name):
    cell = CELLS[name]
    rows = table(cell)
    assert tuple(row for row in CORNERS if rows[row].held) == reachable(cell)
    assert bool(rows["hide"].held) == hides(cell)
    for row in rows.values():
        assert bool(row.held) == bool(row.becomes) != bool(row.why_not)


@pytest.mark.parametrize(
    ("name", "row"), [(name, row) for name, cell in CELLS.items() for row in reachable(cell)]
)
def test_a_row_held_by_hand_does_to_the_memory_what_its_name_says(name, row):
    trace = held(CELLS[name], row)
    kept, written = CORNERS[row]
    memory = trace.cell.memory or ""
    past, now = trace.past(memory)[FROM:], trace[memory][FROM:]
    if row == "keep":
        assert_equal(now, past)
    elif row == "erase":
        assert (now == 0).all()
    else:  # what is written is the same as without a past, whatever the past is
        candidate = next(s for s, role in trace.cell.roles.items() if role.key == "candidate")
        assert_equal(now, kept * past + written * trace[candidate][FROM:])


ROUND = Cell(  # as in the SRU, the input also goes round the memory
    """
    f = sigmoid(W_f @ x + b_f)
    r = sigmoid(W_r @ x + p_r * c_prev + b_r)
    c_tilde = W_c @ x
    c = f * c_prev + (1 - f) * c_tilde
    h = r * tanh(c) + (1 - r) * (W_h @ x)
    """
)
HIDING = {name: cell for name, cell in CELLS.items() if hides(cell)} | {"round": ROUND}


@pytest.mark.parametrize("cell", HIDING.values(), ids=HIDING)
def test_a_hidden_memory_shows_nothing_and_lives_on(cell):
    row = table(cell)["hide"]
    hold = {gate: np.full((T, 1, 1), value) for gate, value in row.held.items()}
    weights = lv.init_weights(cell, D, H, seed=2)
    one, other = (
        lv.run(cell, weights, X, {cell.memory: np.full((1, H), c)}, hold=hold) for c in (0.1, 0.7)
    )
    assert_equal(one.h, other.h)
    assert (one.h == 0).all() == (row.becomes == "hₜ = 0")
    assert one[cell.memory].any()


def test_what_goes_round_a_hidden_memory_is_still_an_output():
    assert table(ROUND)["hide"].held == {"r": 0}
    assert table(ROUND)["hide"].becomes == "hₜ without cₜ"
    assert table(ROUND)["show"].becomes == "hₜ shows all of cₜ"


TWO_WAYS = """
f = sigmoid(W_f @ x + b_f)
o = sigmoid(W_o @ x + b_o)
c = f * c_prev + (1 - f) * tanh(W_c @ x)
"""


@pytest.mark.parametrize(
    "shown", ["h = o * tanh(c) + 0.1 * c", "m = tanh(2 * c)\nh = o * tanh(c) - m"]
)
def test_a_memory_with_a_second_way_out_cannot_be_hidden(shown):
    cell = Cell(TWO_WAYS + shown)
    assert not hides(cell)
    assert table(cell)["hide"].why_not == "cₜ reaches hₜ past oₜ, too"
    assert table(cell)["show"].held == {"o": 1}


def test_a_table_speaks_in_the_letters_of_its_cell():
    assert table(CELLS["lstm"])["erase"].held == {"f": 0, "i": 0}
    assert table(CELLS["gru"])["keep"].held == {"z": 1}
    assert table(CELLS["mut2"])["keep"].held == {"z": 0}  # z the other way round
    assert table(CELLS["mgu"])["overwrite"].held == {"f": 1}
    assert table(CELLS["gru"])["ignore"].held == {"r": 0}
    assert table(CELLS["gru"])["keep"].becomes == "hₜ = hₜ₋₁"


def test_of_two_coupled_gates_only_the_learnt_one_is_held():
    assert table(CELLS["coupled"])["keep"].held == {"f": 1}
    assert table(CELLS["coupled"])["keep"].gates == {"f": 1, "i": 0}
    assert table(CELLS["cifg"])["keep"].held == {"i": 0}


@pytest.mark.parametrize(
    ("task", "cell", "wrong"),
    [
        ("subject", "lstm", "she"),
        ("subject", "peephole", "she"),
        ("subject", "gru", "she"),
        ("subject_zh", "lstm", "她"),
        ("subject_zh", "gru", "她"),
    ],
)
def test_who_keeps_the_old_subject_while_a_new_one_is_read_says_the_wrong_pronoun(
    task, cell, wrong
):
    network = load(task, cell)
    sequence = next(iter(network.task.examples.values()))
    met = look_at_network(network, network.read(sequence), sequence, sequence).t
    spans = [Span(g, met, met, v) for g, v in table(network.cell)["keep"].held.items()]
    said = network.predictions(read_held(network, network.inputs(sequence), spans))[:, 0]
    before = network.predictions(network.read(sequence))[:, 0]
    asked = next(t for t in range(met, len(sequence)) if sequence[t + 1] in ("he", "他"))
    symbols = network.symbols or ()
    assert symbols[before[asked].argmax()] == sequence[asked + 1]
    assert symbols[said[asked].argmax()] == wrong


def test_a_row_out_of_reach_says_why():
    assert "z and 1 − z, always add up to 1" in table(CELLS["gru"])["add"].why_not
    assert table(CELLS["nfg"])["erase"].why_not == "cₜ₋₁ is always multiplied by 1"
    assert table(CELLS["nig"])["keep"].why_not == "the candidate is always multiplied by 1"
    assert "no gate" in table(CELLS["rnn"])["keep"].why_not
    assert "fixed open" in table(CELLS["nog"])["hide"].why_not


def test_without_a_past_the_candidate_reads_the_input_alone():
    """With r = 0 the candidate of two runs with other pasts is the same."""
    cell = CELLS["gru"]
    weights = lv.init_weights(cell, D, H, seed=2)
    hold = {"r": np.zeros((T, 1, 1))}
    runs = [lv.run(cell, weights, X, {"h": np.full((1, H), h)}, hold=hold) for h in (0.0, 0.7)]
    assert_equal(runs[0]["h_tilde"], runs[1]["h_tilde"])
