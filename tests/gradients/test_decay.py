"""How the gradient fades with the distance: closed forms, published numbers, and what is said."""

import math
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells import CELLS, Cell
from lstm_viz.gradients.decay import (
    BANDS,
    FLOAT32,
    NAMED,
    QUANTITIES,
    SCHEMES,
    Curve,
    Start,
    bounds,
    curve,
    cuts,
    followed,
    halving_or_doubling,
    split,
)
from lstm_viz.rounded import percent
from lstm_viz.words.decay import (
    bounds_caption,
    cut_caption,
    decay_caption,
    life,
    numbers,
    share,
    split_caption,
    steps_to_halve,
)
from lstm_viz.words.discoveries import DISCOVERIES, Comparison, found_in
from tests.agreement import assert_equal, refused
from tests.gradient_cases import ALL

SHORT = Start(steps=25, hidden=8)


def still(cell: str, bias: float, steps: int = 30) -> lv.Trace:
    """A cell whose every weight is 0 but the bias of its keep gate: the gate does not move."""
    weights = {name: 0 * w for name, w in SHORT.weights(CELLS[cell]).items()}
    keep = {"lstm": "b_f", "gru": "b_z"}[cell]
    return lv.run(CELLS[cell], weights | {keep: np.full(8, bias)}, np.zeros((steps, 1, 8)))


# ---- curves -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bias", "published"),
    [(-2, 0.326), (0, 1.000), (1, 2.213), (2, 5.461), (3, 14.27), (4, 38.19), (5, 103.2)],
)
def test_the_published_half_life_of_a_gate_that_does_not_move(bias, published):
    """The fact sheet, 2.9: ln 2 / softplus(-b); nothing else carries gradient here."""
    for cell in ("lstm", "gru"):
        found = curve(still(cell, bias), "memory")
        assert found.half_life == pytest.approx(published, rel=1e-3)
        assert found.half_life == pytest.approx(math.log(2) / math.log1p(math.exp(-bias)))
        assert found.kept_half_life == pytest.approx(found.half_life)


@pytest.mark.parametrize("cell", ALL.values(), ids=ALL)
@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_curve_is_the_gradient_flow_counted_from_the_end(cell, quantity):
    trace = SHORT.trace(cell)
    flow, found = lv.gradient_flow(trace), curve(trace, quantity)
    memory = trace.cell.memory or "h"
    carried = "h" in cell.states
    nothing = np.full((25, 4), -np.inf)  # no h has a part in a later one
    nothing[-1] = 0
    expected = {
        "memory": lambda: flow.log10_norm(memory, total=True),
        "h": lambda: flow.log10_norm("h", total=True) if carried else nothing,
        "loss_h": lambda: flow.log10_loss("h"),
        "loss_x": lambda: flow.log10_loss("x"),
    }[quantity]()
    assert_equal(10 ** found.decades[7], 10 ** (expected[-8] - expected[-1]))
    assert not found.decades[0].any()
    assert found.left(7) == pytest.approx(10 ** found.decades[7].mean())


UNGATED = "y = tanh(W_y @ x + U_y @ y_prev)\nh = y"


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        ("h = tanh(W_h @ x + U_h @ h_prev)", "h"),
        ("c = 0.9 * c_prev + W_c @ x\nh = tanh(c)", "c"),
        ("v = 0.9 * v_prev + W_c @ x\nh = tanh(v)", "v"),
        (UNGATED, "y"),
        ("s = tanh(W_s @ x + U_s @ s_prev)\nh = tanh(s + W_h @ x + U_h @ h_prev)", "h"),
        ("h = tanh(W_h @ x)", "h"),
    ],
)
def test_the_memory_or_what_stands_for_it_is_followed(text, follows):
    assert followed(Cell(text), "memory") == follows
    assert followed(Cell(text), "h") == "h"
    assert followed(Cell(text), "loss_x") is None


def test_the_caption_says_in_what_a_cell_without_a_c_is_followed_and_what_is_not_carried():
    curves = [SHORT.trace(cell) for cell in (Cell(UNGATED), CELLS["gru"], CELLS["lstm"])]
    caption = decay_caption([curve(trace, "memory") for trace in curves])
    assert "Followed in y where there is no c: " in caption
    assert "Followed in h where there is no c: GRU." in caption
    alone = [curve(SHORT.trace(Cell(UNGATED)), "h")]
    assert "No step reads the last h" in decay_caption(alone)
    assert "float64" not in decay_caption(alone)
    assert alone[0].by_state is None
    assert numbers(alone)[0]["half-life"] == "gone at once"


def test_what_is_gone_after_one_step_does_not_stay():
    gone = halving_or_doubling(np.array([0.0, -np.inf, -np.inf]))
    assert gone == 0
    assert steps_to_halve(gone) == "gone at once"
    assert life(gone) == "none, it is gone at once"


def test_a_curve_may_be_compared_with_its_largest():
    found = curve(SHORT.trace(CELLS["lstm"]), "loss_x", largest=True)
    assert_equal(found.decades.max(axis=0), np.zeros(4))


def test_what_doubles_has_a_negative_half_life_and_what_stays_has_none():
    steps = np.arange(20)
    assert halving_or_doubling(-steps * np.log10(2) / 3) == pytest.approx(3)
    assert halving_or_doubling(steps * np.log10(2) / 3) == pytest.approx(-3)
    assert halving_or_doubling(np.zeros(20)) is None


def test_the_reach_is_where_it_falls_below():
    found = Curve(CELLS["rnn"], "h", -np.arange(10.0)[:, None], None)
    assert found.reach(-2.0) == 3
    assert found.reach(-20.0) is None


def test_the_bands_meet_and_the_last_one_is_what_float32_rounds_away():
    for upper, lower in pairwise(BANDS):
        assert upper.low == lower.high
    lost = np.float32(10**FLOAT32)
    assert np.float32(1) + lost * np.float32(0.99) == np.float32(1)
    assert np.float32(1) + lost * np.float32(1.01) * np.float32(2) > np.float32(1)


# ---- starts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_cell_can_start_every_way(cell, scheme):
    """The forget bias and chrono pass by cells that have no gate for them."""
    start = replace(SHORT, scheme=scheme, forget_bias=1.0, scale=1.5)
    trace = start.trace(CELLS[cell])
    assert np.isfinite(trace.h).all()
    # Keras starts vectors at 0: a cell that carries by them alone starts with none of it.
    assert not np.isnan(curve(trace, "loss_x").decades[1]).any()


def test_the_scale_scales_the_spectral_radius():
    single, double = (replace(SHORT, scale=s).trace(CELLS["rnn"]) for s in (1.0, 2.0))
    one, two = bounds(single), bounds(double)
    assert one is not None
    assert two is not None
    assert two.radius == pytest.approx(2 * one.radius)
    assert two.largest == pytest.approx(2 * one.largest)


def test_an_orthogonal_start_has_all_singular_values_at_1():
    for name, weight in replace(SHORT, scheme="orthogonal").weights(CELLS["gru"]).items():
        if name.startswith("U_"):
            assert_equal(np.linalg.svd(weight, compute_uv=False), np.ones(8))


def test_the_classical_bounds_are_the_plain_rnns_and_hold():
    for scale in (0.5, 1.0, 2.0):
        trace = replace(SHORT, scale=scale).trace(CELLS["rnn"])
        found, limits = curve(trace, "h"), bounds(trace)
        assert limits is not None
        distance = np.arange(len(found.mean))[:, None]
        assert (found.decades <= distance * np.log10(limits.largest) + 1e-9).all()
        assert limits.radius <= limits.largest
    assert bounds(SHORT.trace(CELLS["lstm"])) is None


# ---- paths --------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", [name for name in CELLS if CELLS[name].memory])
def test_both_splits_are_whole(cell):
    found = split(SHORT.trace(CELLS[cell]))
    assert_equal(sum(found.steps().values()), np.ones(24))
    assert_equal(sum(found.steps(unit=3).values()), np.ones(24))
    assert_equal(found.excursions.sum(axis=0), np.ones(25))
    assert_equal(found.excursions[0, 0], 1)


def test_one_step_is_nearly_all_direct_and_twenty_are_not():
    found = split(Start().trace(CELLS["lstm"]))
    assert found.steps()["direct"].mean() > 0.85
    assert found.excursions[0][20] < 0.1


@pytest.mark.parametrize("cell", [name for name in CELLS if CELLS[name].memory])
def test_everything_that_can_be_cut_can_be_cut(cell):
    trace = SHORT.trace(CELLS[cell])
    for names in cuts(CELLS[cell]).values():
        assert np.isfinite(curve(trace, "memory", cut=names).decades[0]).all()


def test_the_peepholes_are_cut_together():
    assert cuts(CELLS["peephole"])["peepholes"] == ("p_f", "p_i", "p_o")
    assert "peepholes" not in cuts(CELLS["lstm"])
    assert cuts(CELLS["rnn"]) == {}


def test_with_everything_but_the_direct_path_cut_the_curve_is_the_product_of_f():
    trace = SHORT.trace(CELLS["lstm"])
    found = curve(trace, "memory", cut=("f", "i", "c_tilde"))
    assert found.kept is not None
    assert_equal(found.decades, found.kept)


# ---- discoveries --------------------------------------------------------------------------------

CELL_NAMES = ("rnn", "lstm", "gru")


def seen(start: Start, quantity: str = "memory") -> Comparison:
    traces = {name: start.trace(CELLS[name]) for name in CELL_NAMES}
    curves = [curve(trace, quantity) for trace in traces.values()]
    return Comparison(curves, start, bounds(traces["rnn"]))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("default", {"alike"}),
        ("bias_1", {"bias 1", "misses"}),
        ("bias_5", {"grows"}),
        ("chrono", {"many memories"}),
        ("explode", {"explodes"}),
    ],
)
def test_each_named_start_shows_what_it_is_for(named, expected, seed):
    start = replace(NAMED[named][1], seed=seed)
    assert expected <= set(found_in(seen(start)))


@pytest.mark.parametrize("seed", range(3))
def test_a_spectral_radius_above_1_need_not_explode(seed):
    assert "above 1" in found_in(seen(Start(scale=2.0, seed=seed)))


def test_nothing_is_found_that_is_not_there():
    """A cell alone, that keeps by the product of its gates and by nothing else."""
    alone = Comparison([curve(still("lstm", 3.0), "memory")], SHORT)
    assert found_in(alone) == {}
    assert "alike" not in found_in(seen(Start(forget_bias=5.0)))
    assert "grows" not in found_in(seen(Start()))
    assert "many memories" not in found_in(seen(Start(forget_bias=5.0)))


def test_every_finding_has_a_title_and_a_hint():
    assert len({discovery.key for discovery in DISCOVERIES}) == len(DISCOVERIES) == 8
    assert all(discovery.title and discovery.hint for discovery in DISCOVERIES)


def test_training_brings_the_gradient_to_an_earlier_element():
    cell = CELLS["lstm"]
    far, near = np.full((9, 1), -3.0), np.full((9, 1), -3.0)
    far[5], near[0] = 0, 0
    after, before = (Curve(cell, "loss_x", d, None, largest=True) for d in (far, near))
    sentence = found_in(Comparison([after], before=[before]))["learnt"]
    assert "5 steps back" in sentence
    assert "read last" in sentence
    assert found_in(Comparison([before], before=[before])) == {}


def test_training_keeps_a_memory_that_faded_before():
    steps = np.arange(12.0)[:, None]
    after, before = (Curve(CELLS["lstm"], "memory", -k * steps, None) for k in (0.01, 0.3))
    sentence = found_in(Comparison([after], before=[before]))["learnt"]
    assert "11 steps back 78% is left; before training it was 5.0·10⁻⁴" in sentence


def test_the_caption_names_the_step_that_forgot():
    decades = np.array([0, -0.1, -0.2, -1.5, -1.6])[:, None]
    found = Curve(CELLS["lstm"], "memory", decades, None)
    assert "LSTM at “.”, 2 back" in decay_caption([found], ["he", "and", ".", "laughed", "Anna"])


# ---- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decades", "words"),
    [
        (0.0, "100%"),
        (np.log10(0.273), "27%"),
        (-4.222, "6.0·10⁻⁵"),
        (np.log10(0.00998), "1.0·10⁻²"),
        (-700.5, "3.2·10⁻⁷⁰¹"),
        (np.log10(15.2), "15.2 times"),
        (np.log10(3405), "3,405 times"),
        (9.0, "1.0·10⁹"),
        (-np.inf, "exactly 0"),
        (np.nan, "nothing to compare with"),
    ],
)
def test_an_amount_in_words(decades, words):
    assert share(decades) == words


@pytest.mark.parametrize("scale", [2.0, 3.0, 5.0])
def test_what_has_grown_is_said_to_be_so_many_times_what_it_was(scale):
    """Beyond a million, too; judged by the product of the matrices along the way."""
    start = Start("orthogonal", scale=scale, steps=60)
    trace = start.trace(CELLS["rnn"])
    told = found_in(Comparison([curve(trace, "memory")], start))["explodes"]
    decades = []
    for sequence in range(trace.h.shape[1]):
        whole = np.eye(trace.h.shape[-1])
        for h in trace.h[1:, sequence]:
            whole = (1 - h[:, None] ** 2) * trace.weights["U_h"] @ whole
        decades.append(np.log10(np.linalg.norm(whole) / np.sqrt(len(whole))))
    grown = 10.0 ** np.mean(decades)
    written = re.search(r"gradient is ([\d.,]+)(?:·10(\S+))? times what it was", told)
    assert written, told
    exponent = (written[2] or "⁰").translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))
    assert float(written[1].replace(",", "")) * 10.0 ** int(exponent) == pytest.approx(
        grown, rel=0.05
    )


def test_a_half_life_in_words():
    assert steps_to_halve(2.213) == "½ in 2.2 steps"
    assert steps_to_halve(-20.5) == "×2 in 20 steps"
    assert steps_to_halve(None) == steps_to_halve(5000) == "stays"
    assert life(-5) == "none, it doubles in 5 steps"


def test_the_caption_says_what_is_left_and_where_it_is_lost():
    curves = seen(Start()).curves
    caption = decay_caption(curves)
    for found in curves:
        assert share(found.mean[20]) in caption
        assert f"from {found.reach(FLOAT32)} on" in caption
    assert "Followed in h where there is no c: Plain RNN, GRU" in caption


def test_a_curve_that_leaves_float64_says_so():
    start = Start(scale=0.05, steps=200, hidden=8)
    caption = decay_caption([curve(start.trace(CELLS["rnn"]), "h")])
    assert "Plain RNN leaves what float64 can hold" in caption


def test_the_bounds_are_given_with_what_they_imply():
    limits = bounds(SHORT.trace(CELLS["rnn"]))
    assert limits is not None
    caption = bounds_caption(limits)
    assert f"spectral radius is {limits.radius:.2f}" in caption
    assert "necessary to explode, and not sufficient" in caption


def test_the_captions_of_the_paths_are_their_numbers():
    trace = Start().trace(CELLS["lstm"])
    found = split(trace)
    direct, many = found.steps()["direct"].mean(), found.excursions[0][20]
    assert f"{percent(direct)} direct" in split_caption(found)
    assert f"20 steps back, {percent(many)} came" in split_caption(found)
    whole, left = (curve(trace, "memory", cut=cut) for cut in ((), ("c_tilde",)))
    caption = cut_caption(whole, left, ["c_tilde"])
    assert f"{share(left.mean[20])} is left instead of {share(whole.mean[20])}" in caption


def test_the_table_has_the_numbers_of_the_figure():
    curves = seen(Start()).curves
    for row, found in zip(numbers(curves), curves, strict=True):
        assert row["10 back"] == share(found.mean[10])
        assert row["half-life"] == steps_to_halve(found.half_life)


def test_an_unknown_quantity_is_refused():
    with refused("q is none of memory, h, loss_h, loss_x"):
        curve(SHORT.trace(CELLS["rnn"]), "q")
