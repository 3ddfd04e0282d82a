"""What a cell may look like in writing, and the sentence that answers everything else."""

import ast
import re
import threading
import time
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.text import MAX_CHARACTERS, MAX_DEPTH, MAX_LINES
from tests.agreement import refused

LSTM = CELLS["lstm"].text


# What is typed, and the words that must stand in the answer.
REFUSED = {
    "nothing at all": ("", "no equations"),
    "only a comment": ("  \n # h = tanh(W_h @ x)\n", "no equations"),
    "an unfinished call": ("h = tanh(W_h @ x", "parentheses do not match"),
    "an unfinished sum": ("h = W_h @ x +", 'ends with "+"'),
    "an unfinished equation": ("h =", 'ends with "="'),
    "no equation": ("tanh(W_h @ x)", '"name = expression"'),
    "an equality": ("h == b_h", '"name = expression"'),
    "an unknown function": ("h = softmax(b_h)", "softmax is not known"),
    "a misspelt function": ("h = sigmiod(b_h)", "did you mean sigmoid?"),
    "a misspelt signal": ("c_tilde = b_c\nh = c_tilda", "c_tilda; did you mean c_tilde?"),
    "a bare constant's name": ("h = beta * b_h", "a number is written as a number"),
    "a circle of one": ("h = h", "h needs h: a circle. Write h_prev"),
    "a circle of two": (
        "c = o * c_prev\no = sigmoid(p_o * c)\nh = o",
        "c needs o needs c: a circle. Write o_prev",
    ),
    "a name assigned twice": ("h = h_prev\nh = b_h", "h is assigned twice"),
    "no output": ("c = b_c", "No equation assigns h"),
    "x alone": ("h = x", "x stands only behind a matrix"),
    "x inside a function": ("h = tanh(x)", "x stands only behind a matrix"),
    "x behind a recurrent matrix": ("h = U_h @ x", "U_h is (H, H) and cannot stand before x"),
    "an input matrix before a state": ("h = W_h @ h_prev", "W_h multiplies x and nothing else"),
    "an input matrix before a sum": ("h = W_h @ (x + x)", "W_h multiplies x and nothing else"),
    "a matrix without @": ("h = W_h", 'write "W_h @ ..."'),
    "a matrix times": ("h = U_h * h_prev", 'write "U_h @ ..."'),
    "a vector with @": ("h = b_h @ h_prev", '"b_h @" is not a matrix'),
    "a number with @": ("h = 3 @ h_prev", '"@" stands between one matrix'),
    "a product of products": (
        "h = r * U_h @ h_prev\nr = b_r",
        "put parentheses round each product",
    ),
    "a matrix before a constant": ("h = U_h @ 3", "stands no signal"),
    "a matrix before a weight": ("h = U_h @ tanh(b_h)", "stands no signal"),
    "yesterday's input": ("h = x_prev", "nothing assigns x_prev"),
    "a weight without a letter": ("h = b_", "nothing assigns b_"),
    "the past of a weight": ("h = b_h_prev", "weights have no past"),
    "a named argument": ("h = tanh(b_h, out=b_h)", "takes no named or starred arguments"),
    "a starred argument": ("h = tanh(*b_h)", "takes no named or starred arguments"),
    "no argument": ("h = tanh()", "tanh takes 1 argument, not 0"),
    "one argument of two": ("h = maximum(b_h)", "maximum takes 2 arguments, not 1"),
    "a function without arguments": ("h = tanh", "nothing assigns tanh"),
    "a method": ("h = b_h.mean()", "only a function's plain name"),
    "an attribute": ("h = b_h.real", '"." behind a name is not allowed'),
    "an index": ("h = b_h[0]", "an index"),
    "a comparison": ("h = b_h > 0", "a comparison is not allowed"),
    "a choice": ("h = b_h if b_h else 0", '"if ... else" is not allowed'),
    "a logical operator": ("h = b_h and b_h", '"and" / "or" is not allowed'),
    "a remainder": ("h = b_h % 2", "this operator is not allowed"),
    "a complement": ("h = ~b_h", "this operator is not allowed"),
    "a lambda": ("h = lambda: 3", '"lambda" is not allowed'),
    "a text": ('h = "tanh"', "this constant is not allowed"),
    "a formatted text": ('h = f"{b_h}"', "is not allowed"),
    "a truth value": ("h = True", "is not a number"),
    "an imaginary number": ("h = 1j", "this constant is not allowed"),
    "a list": ("h = [b_h]", "is not allowed"),
    "a walrus": ("h = (c := b_h)", "is not allowed"),
    "an import": ("import os", '"name = expression"'),
    "an attack": ('h = __import__("os").system("true")', "only a function's plain name"),
    "another attack": ("h = eval(b_h)", "the function eval is not known"),
    "a dunder": ("__class__ = b_h", "cannot be a name"),
    "two on a line": ("h = b_h; c = b_c", "one equation to a line"),
    "two at once": ("h, c = b_h", '"name = expression"'),
    "a chain": ("h = c = b_h", '"name = expression"'),
    "an annotation": ("h: float = b_h", '"name = expression"'),
    "an increment": ("h += b_h", '"name = expression"'),
    "a continued line": ("h = b_h \\\n + b_h", "cannot be read as an equation"),
    "a Greek letter": ("h = σ(b_h)", "'σ' is not allowed"),
    "a Greek name": ("λ = b_h\nh = b_h", "'λ' is not allowed"),
    "a superscript": ("h = b_h²", "'²' is not allowed"),
    "a Python word": ("lambda = b_h\nh = b_h", "lambda is a word of the Python language"),
    "x assigned": ("x = b_h\nh = b_h", "x has a meaning of its own"),
    "a function assigned": ("tanh = b_h\nh = b_h", "tanh has a meaning of its own"),
    "a size assigned": ("T = b_h\nh = T", "T has a meaning of its own"),
    "a weight assigned": ("b_f = 1\nh = b_f", "weights are learnt, not assigned"),
    "the past assigned": ("h_prev = b_h\nh = b_h", "assign h"),
    "a huge number": ("h = " + "9" * 300, "numbers larger than 1e6"),
    "an infinite number": ("h = 1e999", "numbers larger than 1e6"),
    "a huge text": ("h = b_h\n" * 1000, f"at most {MAX_CHARACTERS}"),
    "many lines": ("h = b_h\n" * (MAX_LINES + 1), f"at most {MAX_LINES} are allowed"),
    "a long line": ("h = b_h" + " + b_h" * 100, "longer than 400 characters"),
    "a long name": ("h = " + "a" * 100, "longer than 24 characters"),
    "deep parentheses": ("h = " + "(" * 90 + "b_h" + ")" * 90, f"more than {MAX_DEPTH} deep"),
    "deep calls": ("h = " + "tanh(" * 40 + "b_h" + ")" * 40, f"more than {MAX_DEPTH} deep"),
    "deep signs": ("h = " + "-" * 300 + "b_h", f"more than {MAX_DEPTH} deep"),
    "deep powers": ("h = b_h" + "**2" * 100, f"more than {MAX_DEPTH} deep"),
    "a deep sum": ("h = b_h" + "+1" * 150, f"more than {MAX_DEPTH} deep"),
    "a null character": ("h = b_h\0", "Line 1"),
    "no text": (None, "got NoneType"),
    "bytes": (b"h = b_h", "got bytes"),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_cell_is_refused_in_a_sentence_that_says_why(text, words):
    start = time.process_time()
    with refused(words):
        Cell(text)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    "name",
    ["cell", "weights", "initial", "hold", "signals", "pre", "terms", "value", "past", "last"],
)
def test_a_signal_cannot_take_the_name_by_which_a_trace_answers(name):
    with refused(f"{name} has a meaning of its own"):
        Cell(f"{name} = b_h\nh = b_h")


@pytest.mark.parametrize("letter", ["W", "U", "R", "p", "b", "d"])
def test_the_past_of_a_signal_cannot_be_mistaken_for_a_weight(letter):
    with refused(letter):
        Cell(f"{letter} = sigmoid(b_h)\nh = {letter} * {letter}_prev")


def test_the_sentence_names_the_line_that_is_wrong():
    with refused('Line 5, "o = sigmoyd('):
        Cell(LSTM.replace("o = sigmoid(", "o = sigmoyd("))


def test_a_line_that_leaves_out_a_product_is_found_out():
    with refused('write "W_f @ ..."'):
        Cell(LSTM.replace("W_f @ x", "W_f * x"))


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_the_text_of_a_cell_is_that_cell_again(cell):
    again = Cell(cell.text, initial=cell.initial)
    assert again == cell
    assert hash(again) == hash(cell)
    assert again.text == cell.text


def test_indentation_blank_lines_and_comments_do_not_matter():
    loose = "\n\n".join(f"    {line}   # {line}" for line in LSTM.splitlines())
    assert Cell(loose) == CELLS["lstm"]
    assert Cell(LSTM.replace("\n", "\r\n")) == CELLS["lstm"]


def test_the_order_of_the_lines_is_for_the_reader_only():
    backwards = Cell("\n".join(reversed(LSTM.splitlines())))
    assert backwards.signals == tuple(reversed(CELLS["lstm"].signals))
    order = [line.name for line in backwards.order]
    for line in backwards.lines:
        read = set(backwards.signals) & set(re.findall(r"\w+", str(line.expression)))
        assert all(order.index(name) < order.index(line.name) for name in read)


def test_parentheses_stay_where_they_change_the_value():
    expressions = [
        "a - (c - e)",
        "a / (c * e)",
        "(a + c) * e",
        "-(a + c)",
        "(-a) ** 2",
        "a ** c ** e",
        "a - -c",
        "2 * (U_h @ (a * c))",
        "U_h @ (-a)",
        "-(U_h @ a)",
        "(a * c) ** 2",
        "a / c / e",
        "a - (c + e) - a",
        "(a / c) * e",
        "2 ** -a",
    ]
    numbers = {"a": 0.3, "c": 0.7, "e": 1.9, "U_h": _Doubling()}
    for expression in expressions:
        line = Cell(f"a = b_a\nc = b_c\ne = b_e\nh = {expression}")["h"]
        assert eval(str(line.expression), {}, numbers) == eval(expression, {}, numbers)


class _Doubling:
    """A 1 x 1 matrix for Python's own reading of ``U_h @ a``."""

    def __init__(self, factor: float = 2):
        self.factor = factor

    def __neg__(self) -> "_Doubling":
        return _Doubling(-self.factor)

    def __matmul__(self, other: float) -> float:
        return self.factor * other


def test_a_name_is_a_state_exactly_when_its_past_is_read():
    cell = Cell("a = sigmoid(b_a)\nm = a * m_prev + 1\nh = tanh(m)")
    assert cell.states == ("m",)
    assert CELLS["lstm"].states == ("c", "h")
    assert CELLS["gru"].states == ("h",)
    assert CELLS["fgr"].states == ("f", "i", "c", "o", "h")


def test_only_a_state_has_an_initial_value():
    text = "m = m_prev + 1\nh = m"
    assert Cell(text, initial={"m": 5}).initial == {"m": 5}
    assert Cell(text, initial={"m": 5}) != Cell(text)
    assert Cell(text, initial={"m": 0}) == Cell(text)
    for wrong in ({"h": 1}, {"q": 1}, {"m": float("nan")}, {"m": float("inf")}):
        with refused("initial"):
            Cell(text, initial=wrong)


def test_a_variant_is_one_line_changed():
    cell = CELLS["peephole"].with_("f = 1 - i")
    changed = [a for a, b in zip(cell.lines, CELLS["peephole"].lines, strict=True) if a != b]
    assert [line.text for line in changed] == ["f = 1 - i"]
    assert cell == CELLS["cifg"]


def test_a_new_line_stands_behind_the_others():
    cell = CELLS["rnn"].with_("energy = h * h")
    assert cell.signals == ("h", "energy")


def test_a_variant_is_checked_like_any_cell():
    with refused("circle"):
        CELLS["lstm"].with_("f = sigmoid(c)")
    with refused("did you mean"):
        CELLS["lstm"].with_("f = sigmoid(c_prew)")


def test_a_cell_does_not_change():
    cell = CELLS["lstm"]
    with pytest.raises(AttributeError, match="with_"):
        cell.text = "h = b_h"
    with pytest.raises(TypeError, match="assignment"):
        CELLS["lstm"] = cell  # type: ignore[index]


def test_eight_people_typing_at_once_all_get_their_own_cell(monkeypatch):
    wrong: list[str] = []
    inside: list[str] = []
    parse = ast.parse

    def slow_parse(source: str) -> ast.Module:
        # ast.parse of Python 3.11 fails at random when two threads are in it.
        inside.append(source)
        time.sleep(0.0001)
        if len(inside) > 1:
            wrong.append("two at once")
        try:
            return parse(source)
        finally:
            inside.pop()

    monkeypatch.setattr(ast, "parse", slow_parse)

    def type_many(person: int) -> None:
        for k in range(60):
            sign, depth = "+" if k % 2 else "-", "tanh(" * (k % 12)
            text = f"h = {depth}b_{person}{sign}{k}{')' * (k % 12)}"
            try:
                found = Cell(text).weight_names
            except Exception as error:
                wrong.append(repr(error))
            else:
                if found != (f"b_{person}",):
                    wrong.append(str(found))

    people = [threading.Thread(target=type_many, args=(person,)) for person in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert not wrong


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet="hcxWUbp_f=+-*/@().,:[]{}'\"\\ \n\t012e\0", max_size=40),
        st.lists(
            st.sampled_from(
                [
                    *("h", "=", "+", "-", "*", "/", "**", "@", "(", ")", "tanh", "maximum"),
                    *("W_h", "U_h", "b_h", "x", "h_prev", "c_prev", "c", "1", "0.5", ",", "\n"),
                    *("lambda", "if", ":", "[", "]", ".", "not"),
                ]
            ),
            max_size=20,
        ).map(" ".join),
    )
)
def test_any_text_is_a_cell_or_a_sentence(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's own remarks on a text such as "1or 2"
        try:
            cell = Cell(text)
        except ValueError:
            return
    assert Cell(cell.text) == cell
