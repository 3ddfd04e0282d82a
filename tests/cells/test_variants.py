"""Every setting of the switches is run, differentiated and trained; what it reaches is known."""

import re

import numpy as np
import pytest
import torch

import lstm_viz as lv
from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.parameters import formula, reckoned
from lstm_viz.cells.variants import (
    CORNERS,
    COUPLED,
    OPEN,
    Switches,
    every_setting,
    hides,
    reachable,
)
from lstm_viz.networks.torch.layer import CellLayer
from tests.agreement import assert_equal, refused

T, B, D, H = 4, 2, 3, 3
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(T, B, D))
WANTED = RANDOM.normal(size=(T, B, H))

# 192 settings in 16 bundles: one test a bundle, so that a failure is near what failed.
SETTINGS = every_setting()
BUNDLES = [SETTINGS[k::16] for k in range(16)]


def layer_of(cell: Cell) -> CellLayer:
    return CellLayer(cell, lv.init_weights(cell, D, H, seed=1), H)


def loss_of(layer: CellLayer) -> torch.Tensor:
    return ((layer(torch.tensor(X)) - torch.tensor(WANTED)) ** 2).sum()


def test_the_switches_allow_192_settings_and_none_whose_memory_is_dead():
    assert len(SETTINGS) == len(set(SETTINGS)) == 192
    with refused("cannot each be one minus the other"):
        Switches(input_gate=COUPLED, forget_gate=COUPLED)
    with refused("shut for good"):
        Switches(input_gate=COUPLED, forget_gate=OPEN)
    with refused("output_gate", "learnt or open"):
        Switches(output_gate=COUPLED)


@pytest.mark.parametrize("bundle", range(16))
def test_every_setting_runs_as_its_network_on_tensors_does(bundle):
    for setting in BUNDLES[bundle]:
        layer = layer_of(setting.cell)
        weights = {name: weight.detach().numpy() for name, weight in layer.weights.items()}
        assert_equal(
            lv.run(setting.cell, weights, X).h, layer(torch.tensor(X)).detach(), of=setting
        )


@pytest.mark.parametrize("bundle", range(16))
def test_every_setting_has_the_gradients_that_autograd_finds(bundle):
    for setting in BUNDLES[bundle]:
        layer = layer_of(setting.cell)
        x = torch.tensor(X, requires_grad=True)
        ((layer(x) - torch.tensor(WANTED)) ** 2).sum().backward()
        weights = {name: weight.detach().numpy() for name, weight in layer.weights.items()}
        trace = lv.run(setting.cell, weights, X)
        found = lv.gradient_flow(trace, loss=2 * (trace.h - WANTED)).backward
        assert_equal(found.x, x.grad, within=1e-10, of=setting)
        assert set(found.weights) == set(layer.weights.keys())
        for name, weight in layer.weights.items():
            # torch leaves None where the loss does not depend on a weight.
            expected = torch.zeros_like(weight) if weight.grad is None else weight.grad
            assert_equal(found.weights[name], expected, within=1e-10, of=(setting, name))


@pytest.mark.parametrize("bundle", range(16))
def test_every_setting_learns(bundle):
    for setting in BUNDLES[bundle]:
        layer = layer_of(setting.cell)
        optimiser = torch.optim.Adam(layer.parameters(), lr=0.02, foreach=False)
        losses = []
        for _step in range(5):
            loss = loss_of(layer)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        assert losses[-1] < losses[0], setting


# ---- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        (Switches(), "lstm"),
        (Switches(peepholes=True), "peephole"),
        (Switches(peepholes=True, input_gate=OPEN), "nig"),
        (Switches(peepholes=True, forget_gate=OPEN), "nfg"),
        (Switches(peepholes=True, output_gate=OPEN), "nog"),
        (Switches(peepholes=True, candidate_tanh=False), "niaf"),
        (Switches(peepholes=True, output_tanh=False), "noaf"),
        (Switches(peepholes=True, forget_gate=COUPLED), "cifg"),
        (Switches(peepholes=True, gate_recurrence=True), "fgr"),
        (Switches(input_gate=COUPLED), "coupled"),
    ],
)
def test_the_switches_find_greffs_variants_again(setting, name):
    assert setting.cell == CELLS[name]
    assert setting.cell.name == name


def test_greffs_base_without_peepholes_is_todays_lstm_under_two_names():
    assert Switches().cell == CELLS["np"]


def test_a_switch_changes_only_its_own_lines():
    assert Switches().edits == ()
    assert Switches(forget_gate=OPEN).edits == ("f = 1",)
    assert Switches(output_tanh=False, input_gate=COUPLED).edits == ("i = 1 - f", "h = o * c")


# ---- what can be reached -------------------------------------------------------------------------

ALL = ("keep", "add", "erase", "overwrite")
CONVEX = ("keep", "overwrite")

# Written down by hand from c = f c_prev + i c_tilde, before the program was asked. A new cell needs
# no row: what its gates really do in a run is compared below.
REACHABLE = {
    "rnn": (),
    "lstm": ALL,
    "peephole": ALL,
    "coupled": CONVEX,
    "gru": CONVEX,
    "gru_reset_before": CONVEX,
    "nig": ("add", "overwrite"),
    "nfg": ("keep", "add"),
    "nog": ALL,
    "niaf": ALL,
    "noaf": ALL,
    "cifg": CONVEX,
    "np": ALL,
    "fgr": ALL,
    "lstm1997": ("keep", "add"),
    "mgu": CONVEX,
    "ugrnn": CONVEX,
    "janet": CONVEX,
    "mut1": CONVEX,
    "mut2": CONVEX,
    "mut3": CONVEX,
    "mingru": CONVEX,
    "minlstm": CONVEX,
    # Stabilised, the larger of the two exponents is always 0: one of f and i is always 1.
    "slstm": ("keep", "add", "overwrite"),
}


@pytest.mark.parametrize("name", REACHABLE)
def test_what_a_cells_gates_can_do_to_its_memory(name):
    assert reachable(CELLS[name]) == REACHABLE[name]


@pytest.mark.parametrize("name", [name for name, cell in CELLS.items() if reachable(cell)])
def test_what_the_gates_do_in_a_run_is_among_what_can_be_reached(name):
    """Weights so large that every gate is shut or open nearly always, in sequences of noise."""
    cell = CELLS[name]
    stream = np.random.default_rng(7)
    weights = {w: 60 * stream.normal(size=s) for w, s in cell.weight_shapes(D, 32).items()}
    with np.errstate(all="ignore"):
        trace = lv.run(cell, weights, stream.normal(size=(12, 4, D)))
    kept, written = (trace.value(str(share)) for share in (cell.kept, cell.written))
    met = {
        corner
        for corner, ends in CORNERS.items()
        if (np.isclose(kept, ends[0], atol=1e-9) & np.isclose(written, ends[1], atol=1e-9)).any()
    }
    assert met
    assert met <= set(reachable(cell))


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_a_fixed_gate_closes_two_corners_and_a_coupled_one_the_other_two(setting):
    expected = set(ALL)
    if setting.forget_gate == OPEN:
        expected &= {"keep", "add"}
    if setting.input_gate == OPEN:
        expected &= {"add", "overwrite"}
    if COUPLED in (setting.input_gate, setting.forget_gate):
        expected &= {"keep", "overwrite"}
    assert set(reachable(setting.cell)) == expected


def test_a_memory_is_hidden_by_an_output_gate_that_can_shut():
    hidden = {"lstm", "peephole", "coupled", "nig", "nfg", "niaf", "noaf", "cifg", "np", "fgr"}
    hidden |= {"lstm1997", "slstm"}
    assert {name for name in REACHABLE if hides(CELLS[name])} == hidden


@pytest.mark.parametrize(
    "cell", [c for c in CELLS.values() if hides(c)], ids=lambda cell: cell.name
)
def test_with_the_output_gate_shut_nothing_of_the_memory_is_seen(cell):
    weights = lv.init_weights(cell, D, H, seed=2)
    shut = {signal: np.array(0.0) for signal, role in cell.roles.items() if role.key == "show"}
    shown = [
        lv.run(cell, weights, X[:1], {cell.memory: np.full(H, start)}, shut).h
        for start in (0.0, 3.0)
    ]
    assert_equal(shown[0], shown[1])


def test_a_cell_with_dozens_of_gates_is_answered_in_a_moment():
    gates = [f"g{k} = sigmoid(W_{k} @ x + b_{k})" for k in range(34)]
    kept = " * ".join(f"g{k}" for k in range(34))
    cell = Cell("\n".join([*gates, "v = tanh(W_v @ x)", f"c = {kept} * c_prev + g1 * v", "h = c"]))
    assert set(reachable(cell)) <= set(ALL)


# ---- how many parameters -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("lstm", "4H(D + H + 1)"),
        ("peephole", "4H(D + H + 1) + 3H"),
        ("cifg", "3H(D + H + 1) + 2H"),
        ("fgr", "4H(D + H + 1) + 9H² + 3H"),
        ("gru", "3H(D + H + 1) + H"),
        ("gru_reset_before", "3H(D + H + 1)"),
        ("rnn", "H(D + H + 1)"),
        ("mgu", "2H(D + H + 1)"),
        ("mut1", "2H(D + H + 1) + HD + H"),
        ("mingru", "2HD"),
        ("minlstm", "3HD"),
    ],
)
def test_the_parameters_of_a_cell_as_a_textbook_counts_them(name, written):
    assert formula(CELLS[name]) == written


def test_a_cell_without_weights_has_no_parameters():
    assert formula(Cell("c = c_prev + 1\nh = c")) == "0"


@pytest.mark.parametrize("cell", [*CELLS.values(), *(s.cell for s in SETTINGS[::7])], ids=repr)
def test_the_formula_is_the_count(cell):
    numbers, total = reckoned(cell, D=5, H=7).split(" = ")
    assert int(total) == cell.count(5, 7)
    for text in (formula(cell), numbers):
        multiplied = re.sub(r"(?<=[\dHD²])(?=[HD(])", "*", text.replace("·", "*"))
        assert eval(multiplied.replace("²", "**2"), {"D": 5, "H": 7}) == cell.count(5, 7)
