"""What a trace answers: signals, what led to them, and any expression over them."""

import pickle

import numpy as np
import pytest
import torch

from lstm_viz.cells import CELLS, Cell
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace
from lstm_viz.run.weights import init_weights
from tests.agreement import assert_equal, refused
from tests.plainly import FUNCTIONS

T, B, D, H = 6, 2, 3, 4

each_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def trace_of(cell: Cell | str, seed: int = 0, **options: object) -> Trace:
    cell = CELLS[cell] if isinstance(cell, str) else cell
    x = np.random.default_rng(seed).normal(size=(T, B, D))
    weights = {name: 1.5 * w for name, w in init_weights(cell, D, H, seed).items()}
    return run(cell, weights, x, **options)  # type: ignore[arg-type]


@each_cell
def test_every_signal_has_a_number_for_each_step_sequence_and_unit(cell):
    trace = trace_of(cell)
    for signal in cell.signals:
        assert trace[signal].shape == (T, B, H)
        assert getattr(trace, signal) is trace[signal]
        assert signal in dir(trace)
    assert trace.cell is cell
    assert set(trace.weights) == set(cell.weight_names)


@each_cell
def test_the_memory_follows_from_its_terms(cell):
    trace = trace_of(cell)
    for state in cell.states:
        line = cell[state]
        total = sum(trace.terms(state).values())
        value = FUNCTIONS[line.function](torch.tensor(total)) if line.function else total
        assert_equal(value, trace[state], of=state)


@each_cell
def test_the_terms_add_up_to_what_goes_into_the_function(cell):
    trace = trace_of(cell)
    for signal in cell.signals:
        assert_equal(sum(trace.terms(signal).values()), trace.pre(signal), of=signal)


@each_cell
def test_a_signal_is_its_function_of_what_goes_into_it(cell):
    trace = trace_of(cell)
    for line in cell.lines:
        pre = trace.pre(line.name)
        value = FUNCTIONS[line.function](torch.tensor(pre)) if line.function else pre
        assert_equal(value, trace[line.name], of=line.text)


@each_cell
def test_any_right_side_can_be_asked_for_by_its_text(cell):
    trace = trace_of(cell)
    for line in cell.lines:
        assert_equal(trace.value(str(line.expression)), trace[line.name], of=line.text)


def test_the_terms_say_how_much_came_from_where():
    trace = trace_of("peephole")
    terms = trace.terms("o")
    assert list(terms) == ["W_o @ x", "U_o @ h_prev", "p_o * c", "b_o"]
    assert_equal(terms["W_o @ x"], np.einsum("hd,tbd->tbh", trace.weights["W_o"], trace.x))
    assert_equal(terms["p_o * c"], trace.weights["p_o"] * trace.c)  # the new memory
    assert_equal(trace.terms("f")["p_f * c_prev"], trace.weights["p_f"] * trace.past("c"))
    assert_equal(terms["b_o"], np.broadcast_to(trace.weights["b_o"], (T, B, H)))


def test_a_term_has_its_sign_and_a_product_stays_whole():
    trace = trace_of("coupled")
    assert list(trace.terms("i")) == ["1", "-f"]
    assert_equal(trace.terms("i")["-f"], -trace.f)
    assert list(trace.terms("c")) == ["f * c_prev", "i * c_tilde"]
    assert list(trace_of("gru").terms("h")) == ["z * h_prev", "(1 - z) * h_tilde"]
    assert list(trace_of("gru").terms("h_tilde"))[-1] == "r * (U_h @ h_prev + d_h)"


def test_equal_terms_are_counted_as_often_as_they_stand_there():
    trace = trace_of(Cell("h = tanh(b_h + W_h @ x + b_h - (h_prev - b_h))"))
    terms = trace.terms("h")
    assert_equal(terms["b_h"], np.broadcast_to(3 * trace.weights["b_h"], (T, B, H)))
    assert_equal(sum(terms.values()), trace.pre("h"))


def test_the_past_of_a_state_is_its_last_value_and_first_what_it_started_at():
    start = np.arange(B * H, dtype=float).reshape(B, H) / 10
    trace = trace_of("lstm", state={"c": start})
    assert_equal(trace.past("c")[0], start)
    assert_equal(trace.past("c")[1:], trace.c[:-1])
    assert_equal(trace.value("c_prev"), trace.past("c"))
    assert_equal(trace.past("h")[0], np.zeros((B, H)))
    assert_equal(trace.last["c"], trace.c[-1])


def test_what_the_hand_changed_is_seen_in_the_value_and_not_in_what_led_to_it():
    hold = np.full((T, 1, 1), np.nan)
    hold[2] = 1
    free, held = trace_of("lstm"), trace_of("lstm", hold={"f": hold})
    assert_equal(held.value("f * c_prev")[2], held.past("c")[2])
    assert_equal(held.pre("f")[2], free.pre("f")[2])
    assert_equal(sum(held.terms("f").values()), held.pre("f"))


def test_an_expression_over_the_names_of_the_cell_is_evaluated_at_every_step():
    trace = trace_of("lstm")
    assert_equal(trace.value("o * tanh(c) - h"), np.zeros((T, B, H)))
    assert_equal(trace.value("f + i"), trace.f + trace.i)
    assert_equal(trace.value("x"), trace.x)
    assert_equal(trace.value("0.5"), np.full((T, B, H), 0.5))
    assert_equal(trace.value("maximum(f, i)"), np.maximum(trace.f, trace.i))


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("c_tilda", "did you mean c_tilde?"),
        ("m_prev", "m_prev"),
        ("f.real", "not allowed"),
        ("W_f", "W_f is a matrix"),
        ("U_q @ h", "U_q"),
        ("f *", 'ends with "*"'),
        ("", "missing"),
        ("f; i", "one equation"),
        ("__import__('os')", "not known"),
    ],
)
def test_what_is_no_expression_of_this_cell_is_refused_in_words(expression, word):
    with refused(word):
        trace_of("lstm").value(expression)


def test_a_signal_that_does_not_exist_is_answered_with_those_that_do():
    trace = trace_of("gru")
    with pytest.raises(KeyError, match="r, z, h_tilde, h"):
        trace["c"]
    with pytest.raises(AttributeError):
        trace.c  # noqa: B018
    with pytest.raises(KeyError, match="r, z, h_tilde, h"):
        trace.pre("c")


def test_nothing_in_a_trace_can_be_changed():
    trace = trace_of("lstm", hold={"f": np.array(0.5)})
    for array in (trace.f, trace.x, trace.weights["W_f"], trace.initial["c"], trace.hold["f"]):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(AttributeError):
        trace.x = trace.x  # type: ignore[misc]
    with pytest.raises(TypeError):
        trace.signals["f"] = trace.f  # type: ignore[index]


def test_a_trace_survives_being_sent_to_another_process():
    trace = trace_of("slstm", hold={"f": np.array(0.5)})
    again = pickle.loads(pickle.dumps(trace))
    assert again.cell == trace.cell
    assert all(np.array_equal(again[name], trace[name]) for name in trace.cell.signals)
    assert np.array_equal(again.hold["f"], trace.hold["f"])
    assert not again.f.flags.writeable
