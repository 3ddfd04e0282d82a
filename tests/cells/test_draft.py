"""What strangers type: refused in words at its line, or small enough to be answered at once."""

import time

import numpy as np
import pytest

from lstm_viz.cells import CELLS
from lstm_viz.cells.draft import MAX_LINES, MAX_OPERATIONS, MAX_STATES, draft
from lstm_viz.cells.text import line_numbers
from lstm_viz.cells.variants import reachable
from lstm_viz.gradients.decay import untrained
from lstm_viz.networks.edited_cell import network_for
from lstm_viz.run.errors import LeftRange
from lstm_viz.stage.scene import scene
from lstm_viz.tasks import MAX_STEPS, TASKS

LSTM = CELLS["lstm"].text


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_every_cell_of_the_catalogue_may_be_typed(cell):
    assert draft(cell.text).cell == cell


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (LSTM.replace("i * c_tilde", "i * c_tilda"), 4, "did you mean c_tilde"),
        (LSTM.replace("o = sigmoid(", "o = sigmoid(("), 5, "parentheses"),
        (f"{LSTM}\nf = 1", 7, "assigned twice"),
        (f"# mine\n\n{LSTM}\nW_f = 1", 9, "learnt, not assigned"),
        (LSTM.replace("tanh(c)", "tanhh(c)"), 6, "did you mean tanh"),
        ("c = tanh(W_c @ x)", None, "No equation assigns h"),
        ("", None, "no equations"),
        ("a = h\nh = a", None, "circle"),
    ],
)
def test_a_complaint_stands_at_its_line(text, line, words):
    found = draft(text)
    assert found.cell is None
    assert words in found.problem
    assert found.line == line


def test_an_overflow_is_found_at_its_line_and_step():
    text = "# mine\n\na = exp(9 * c_prev + b_a)\nc = c_prev + a\nh = tanh(c)"
    cell = draft(text).cell
    assert cell is not None
    network = network_for(TASKS["subject"], cell).network
    with pytest.raises(LeftRange) as refusal:
        network.read(next(iter(TASKS["subject"].examples.values())))
    assert line_numbers(text)[refusal.value.signal] == 3


@pytest.mark.parametrize(
    "text",
    [
        'h = __import__("os").system("touch /tmp/owned")',
        "h = ().__class__.__bases__[0].__subclasses__()",
        "h = (lambda: 1)()",
        "h = [c for c in (1,)][0]",
        'h = open("/etc/passwd").read()',
        "import os\nh = 1",
        "h = exec('1')",
        "h = 1; import os",
        "h = f'{1}'",
        "h = (x := 1)",
        "h = 9 ** 9 ** 9 ** 9 ** 9 ** 9",
        "h = " + "9" * 390,
        "h = " + "(" * 200 + "1" + ")" * 200,
        "h = " + "-" * 300 + "1",
        "h = " + "~" * 300 + "1",
        "h = 1\n" * 5000,
        "a" * 1_000_000,
        "\x00",
        "h = 1\u202e",
        "h\u200b = 1",
        "h = ｃ",
    ],
)
def test_no_text_runs_code_or_takes_time(text):
    start = time.process_time()
    found = draft(text)
    assert found.cell is None
    assert time.process_time() - start < 2
    assert len(found.text) <= 4000


def largest() -> dict[str, str]:
    """Texts at the edge of what is accepted, each heavy in another way."""
    ring = "\n".join(
        f"s{k} = tanh(U_{k} @ s{(k + 1) % MAX_STATES}_prev + W_{k} @ x + b_{k})"
        for k in range(MAX_STATES)
    )
    nested = "\n".join(
        f"s{k} = U_a @ (s{k}_prev * (U_b @ (s{k}_prev * (U_c @ s{k}_prev))))"
        for k in range(MAX_STATES)
    )
    dense = "\n".join(
        f"g{k} = tanh(b_{k} + " + " + ".join(f"s{j}_prev" for j in range(4)) + ")" for k in range(7)
    )
    states = "\n".join(f"s{k} = g{k} * s{k}_prev" for k in range(4))
    chain = "\n".join(f"a{k} = a{k - 1} * a{k - 1} * 0.5" for k in range(1, 13))
    return {
        "ring": f"{ring}\nh = s0 + s1",
        "nested": f"{nested}\nh = s0",
        "dense": f"{dense}\n{states}\nh = " + " * ".join(f"g{k}" for k in range(7)),
        "chain": f"a0 = W_a @ x\n{chain}\nh = a12",
        "tower": "c = b_c + " + " ** ".join(["c_prev"] * 25) + "\nh = c",
        "deep": "c = " + "tanh(" * 28 + "c_prev + W_c @ x" + ")" * 28 + "\nh = c",
        "many terms": "h = " + " + ".join(f"U_{k} @ h_prev" for k in range(24)),
    }


@pytest.mark.parametrize("name", largest())
def test_the_largest_cells_are_drawn_run_and_followed_back_while_one_waits(name):
    found = draft(largest()[name])
    assert found.cell is not None, found.problem
    cell = found.cell
    start = time.process_time()
    scene(cell)
    reachable(cell)
    try:
        untrained(cell)
        task = TASKS["python"]
        network = network_for(task, cell).network
        network.record(np.zeros((MAX_STEPS, 1), int))
    except FloatingPointError:
        pass
    assert time.process_time() - start < 8


def test_a_cell_that_has_nothing_to_learn_is_refused():
    assert "no weights" in draft("c = c_prev + 1\nh = c").problem


def test_one_step_beyond_is_refused_in_words():
    ring = "\n".join(f"s{k} = tanh(s{(k + 1) % 7}_prev + b_s)" for k in range(7))
    assert "7 states" in draft(f"{ring}\nh = s0").problem
    lines = "\n".join(f"a{k} = b_a" for k in range(MAX_LINES))
    assert f"at most {MAX_LINES}" in draft(f"{lines}\nh = a0").problem
    long = "\n".join(f"a{k} = " + " + ".join(["b_a"] * 20) for k in range(8))
    assert f"at most {MAX_OPERATIONS}" in draft(f"{long}\nh = a0").problem
