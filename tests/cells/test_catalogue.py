"""The catalogue: sizes, names, roles, and which cells are one another in disguise."""

import inspect
import pickle
import re

import numpy as np
import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.run.run import run
from lstm_viz.run.weights import init_weights
from tests.agreement import assert_equal

T, B, D, H = 7, 2, 3, 4

# Parameters for D = 3, H = 4 with one bias a gate, counted by hand from the papers; torch's own
# count for its three has two. A new cell needs no row: see the test that reads the text.
COUNTS = {
    "rnn": 32,
    "lstm": 128,
    "peephole": 140,
    "coupled": 96,
    "gru": 100,
    "gru_reset_before": 96,
    "nig": 104,
    "nfg": 104,
    "nog": 104,
    "niaf": 140,
    "noaf": 140,
    "cifg": 104,
    "np": 128,
    "fgr": 284,
    "lstm1997": 96,
    "mgu": 64,
    "ugrnn": 64,
    "janet": 64,
    "mut1": 80,
    "mut2": 96,
    "mut3": 96,
    "mingru": 24,
    "minlstm": 36,
    "slstm": 128,
}

each_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def inputs(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(T, B, D))


def test_the_catalogue_is_in_teaching_order():
    assert [name for name in CELLS if name in COUNTS] == list(COUNTS)


@pytest.mark.parametrize("name", COUNTS)
def test_a_cell_has_as_many_parameters_as_its_paper_says(name):
    assert CELLS[name].count(D, H) == COUNTS[name]


@each_cell
def test_a_cell_has_as_many_parameters_as_the_weights_its_text_mentions(cell):
    letters = re.findall(r"\b([WURpbd])_(\w+)", cell.text)
    sizes = {"W": H * D, "U": H * H, "R": H * H, "p": H, "b": H, "d": H}
    assert cell.count(D, H) == sum(sizes[letter] for letter, _name in set(letters))
    assert cell.count(D, H) == sum(np.prod(s) for s in cell.weight_shapes(D, H).values())


def test_two_layers_of_600_units_have_the_parameters_that_distill_published():
    # Madsen 2019, Visualizing memorization in RNNs: recurrent parameters, one bias a gate.
    assert 2 * CELLS["lstm"].count(600, 600) == 5_764_800
    assert 2 * CELLS["gru_reset_before"].count(600, 600) == 4_323_600


@each_cell
def test_every_entry_says_what_it_is_and_where_it_comes_from(cell):
    assert CELLS[cell.name] is cell
    assert cell.title
    assert cell.sentence.endswith(".")
    assert any(digit in cell.source for digit in "0123456789")
    assert cell.traps
    assert all(trap.endswith(".") for trap in cell.traps)


@each_cell
def test_weights_are_recognised_by_their_letter(cell):
    for name, shape in cell.weight_shapes(D, H).items():
        assert shape == {"W": (H, D), "U": (H, H), "R": (H, H)}.get(name[0], (H,))


def test_no_two_cells_are_the_same_but_np_and_lstm():
    texts = {cell.text: name for name, cell in CELLS.items()}
    assert set(CELLS) - set(texts.values()) == {"lstm"}
    assert CELLS["np"] == CELLS["lstm"]


# Who keeps and who writes, whatever the letter (literature: z keeps in torch, Keras and ONNX and
# writes in MUT and minGRU; the MGU's f overwrites).
@pytest.mark.parametrize(
    ("name", "roles"),
    {
        "lstm": {"f": "keep", "i": "write", "o": "show", "c": "memory", "h": "output"},
        "coupled": {"f": "keep", "i": "write"},
        "cifg": {"f": "keep", "i": "write"},
        "fgr": {"f": "keep", "i": "write", "o": "show", "c_tilde": "candidate"},
        "gru": {"z": "keep", "r": "reset", "h_tilde": "candidate", "h": "memory"},
        "gru_reset_before": {"z": "keep", "r": "reset"},
        "mgu": {"f": "write"},
        "ugrnn": {"g": "keep"},
        "mut1": {"z": "write", "r": "reset"},
        "mut2": {"z": "write", "r": "reset"},
        "mut3": {"z": "write", "r": "reset"},
        "mingru": {"z": "write"},
        "minlstm": {"f": "keep", "i": "write"},
        "janet": {"f": "keep", "i": "write", "c": "memory", "h": "output"},
        "slstm": {"f": "keep", "i": "write", "o": "show", "c": "memory"},
        "lstm1997": {"i": "write", "o": "show", "c_tilde": "candidate", "c": "memory"},
        "rnn": {"h": "output"},
    }.items(),
)
def test_a_role_is_what_a_signal_does_and_not_how_it_is_called(name, roles):
    assert {signal: CELLS[name].roles[signal].key for signal in roles} == roles


@pytest.mark.parametrize(
    ("shown", "roles"),
    [
        ("h = r * tanh(c)", {"r": "show", "g": "other"}),
        ("h = tanh(c) * r * g", {"r": "show", "g": "show"}),
        ("h = r * c + (1 - r) * (W_h @ x)", {"r": "show", "g": "other"}),  # past the memory: a SRU
        ("h = g * (W_h @ x) - r * c", {"r": "show", "g": "other"}),
        ("m = tanh(c)\nh = r * m + g * h_prev", {"r": "show", "g": "other"}),
        ("h = r * (W_h @ x)", {"r": "other"}),
    ],
)
def test_what_shows_is_what_multiplies_the_memory_in_a_term_of_the_output(shown, roles):
    before = """
        f = sigmoid(W_f @ x + b_f)
        r = sigmoid(W_r @ x + p_r * c_prev + b_r)
        g = sigmoid(W_g @ x + p_g * c + b_g)
        c_tilde = tanh(W_c @ x)
        c = f * c_prev + (1 - f) * c_tilde
    """
    cell = Cell(inspect.cleandoc(before) + "\n" + shown)
    assert {signal: cell.roles[signal].key for signal in roles} == roles


def gates_of(cell: Cell) -> dict[str, str]:
    return {role.key: signal for signal, role in cell.roles.items()}


def is_gated(cell: Cell) -> bool:
    """Whether one gate alone keeps, or writes what it does not keep."""
    gates = gates_of(cell)
    return str(cell.kept) in (gates.get("keep"), f"1 - {gates.get('write')}")


GATED = {name: cell for name, cell in CELLS.items() if is_gated(cell)}


def test_which_cells_keep_by_one_gate():
    # The others have no gate, keep always, or keep by a share of two gates.
    assert set(COUNTS) - set(GATED) == {"rnn", "lstm1997", "minlstm"}


@pytest.mark.parametrize("cell", GATED.values(), ids=GATED)
def test_a_gate_that_keeps_keeps_and_a_gate_that_writes_writes(cell):
    # Measured: hold the gate at 0 and at 1 and look how the memory after one step depends on the
    # memory before it.
    gates = gates_of(cell)
    gate = gates["keep" if "keep" in gates else "write"]
    weights = {name: 0 * w for name, w in init_weights(cell, D, H).items()}
    memory = gates["memory"]
    for value in (0.0, 1.0):
        hold = {gate: np.array(value)}
        full = run(cell, weights, inputs()[:1], {memory: np.ones(H)}, hold)
        empty = run(cell, weights, inputs()[:1], {memory: np.zeros(H)}, hold)
        kept = value if "keep" in gates else 1 - value
        assert_equal(full[memory] - empty[memory], np.full((1, B, H), kept))


@each_cell
def test_every_gate_stays_between_0_and_1_and_every_signal_in_its_range(cell):
    weights = {name: 4 * w for name, w in init_weights(cell, D, H, seed=5).items()}
    trace = run(cell, weights, 3 * inputs(5))
    for signal, (low, high) in cell.ranges.items():
        assert low <= trace[signal].min(), signal
        assert trace[signal].max() <= high, signal
    for signal, role in cell.roles.items():
        if role.key in ("keep", "write", "show", "reset"):
            assert trace[signal].min() >= 0, signal
            assert trace[signal].max() <= 1, signal


@pytest.mark.parametrize(
    ("line", "bounds"),
    [
        ("4 * sigmoid(b_a) - 2", (-2, 2)),  # the candidate of 1997
        ("1 - sigmoid(b_a)", (0, 1)),
        ("sigmoid(b_a) + 2 * tanh(b_e)", (-2, 3)),
        ("sigmoid(b_a) - tanh(b_e)", (-1, 2)),
        ("-tanh(b_a) * 3", (-3, 3)),
        ("sigmoid(b_a) * tanh(b_e)", (-1, 1)),
        ("maximum(tanh(b_a), 0)", (0, 1)),
        ("minimum(sigmoid(b_a), 0.5)", (0, 0.5)),
        ("relu(b_a)", (0, np.inf)),
        ("tanh(b_a) + b_e", (-np.inf, np.inf)),
        ("1", (1, 1)),
    ],
)
def test_the_range_of_a_signal_follows_from_its_text(line, bounds):
    assert Cell(f"h = {line}").ranges["h"] == bounds


@pytest.mark.parametrize("name", ["lstm", "peephole", "coupled", "np", "nig", "nfg", "cifg", "fgr"])
def test_h_stays_within_1_while_c_may_grow_by_one_a_step(name):
    weights = {key: 8 * w for key, w in init_weights(CELLS[name], D, H, seed=2).items()}
    trace = run(CELLS[name], weights, inputs(2))
    assert abs(trace.h).max() < 1
    assert (abs(trace.c) < np.arange(1, T + 1)[:, None, None]).all()


@pytest.mark.parametrize("name", ["coupled", "cifg", "gru", "mgu", "ugrnn", "mut1", "mut2", "mut3"])
def test_what_is_a_mixture_of_old_and_new_never_leaves_the_unit_interval(name):
    cell = CELLS[name]
    weights = {key: 8 * w for key, w in init_weights(cell, D, H, seed=3).items()}
    assert abs(run(cell, weights, 5 * inputs(3))[cell.memory or ""]).max() <= 1


def test_an_edit_of_one_line_makes_each_of_greffs_variants():
    one_line = {
        "nig": "i = 1",
        "nfg": "f = 1",
        "nog": "o = 1",
        "niaf": "c_tilde = W_c @ x + U_c @ h_prev + b_c",
        "noaf": "h = o * c",
        "cifg": "f = 1 - i",
    }
    for name, line in one_line.items():
        assert CELLS["peephole"].with_(line) == CELLS[name], name


def test_full_gate_recurrence_adds_nine_matrices():
    added = CELLS["fgr"].count(D, H) - CELLS["peephole"].count(D, H)
    assert added == 9 * H * H
    names = set(CELLS["fgr"].weight_names) - set(CELLS["peephole"].weight_names)
    assert names == {f"R_{into}{of}" for into in "ifo" for of in "ifo"}


def test_a_cell_survives_being_sent_to_another_process():
    cell = CELLS["minlstm"]
    again = pickle.loads(pickle.dumps(cell))
    assert again == cell
    assert again.traps == cell.traps
    assert {s: r.key for s, r in again.roles.items()} == {s: r.key for s, r in cell.roles.items()}
    assert isinstance(again, Cell)
