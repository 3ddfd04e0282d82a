"""What is printed means what is computed.

The judge of the parentheses is Python's own grammar: the MathML is read aloud, symbol by symbol, as
Python text; whatever Python then understands must be the tree that was typeset.
"""

import ast
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.expressions import Apply, Binary, Name, Negative, Number, Product
from lstm_viz.cells.expressions import names as names_in
from lstm_viz.cells.functions import FUNCTIONS
from lstm_viz.cells.text import parse_expression
from lstm_viz.notation.typeset import (
    aligned_latex,
    latex,
    mathml,
    plain,
    symbol_latex,
    symbol_mathml,
    terms_mathml,
)

LINES = {f"{name}: {line.text}": line for name, cell in CELLS.items() for line in cell.lines}
KNOWN = {"a", "b", "c", "h_prev", "U_h", "U_g", "b_h"}


def expression(text):
    return parse_expression(text, KNOWN)


# --- Reading MathML aloud ----------------------------------------------------------------------

# What a row of the table says is printed, and which function that is: a new row needs no line here.
SIGNS = {row.sign.replace(" ", ""): name for name, row in FUNCTIONS.items() if not row.bars}
BARS = {row.bars[0]: name for name, row in FUNCTIONS.items() if row.bars}
CALL = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, sorted(SIGNS, key=len, reverse=True)))})\(")

SPOKEN = {"−": "-", "⊙": "*", "⋅": "*", "\u2061": "", "˜": ""}
SPOKEN |= {bar: "" for row in FUNCTIONS.values() for bar in row.bars or ()}


def elements(markup):
    root = ElementTree.fromstring(markup)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def read(element):
    """The Python text of what a reader sees; a matrix product, which binds tightest, becomes **."""
    if element.get("class") == "signal":
        return element.get("data-key")
    children = list(element)
    match element.tag:
        case "mfrac":
            return f"(({read(children[0])}) / ({read(children[1])}))"
        case "msup":
            return f"{read(children[0])} ** ({read(children[1])})"
        case "msqrt":
            return f"sqrt({''.join(map(read, children))})"
        case "mo" if element.text == "\u2062":
            return "\u2062"
        case "mo":
            return SPOKEN.get(element.text, element.text)
        case "mi" | "mn":
            return element.text
    inside = "".join(map(read, children))
    if children and children[0].text in BARS:
        return f"{BARS[children[0].text]}({inside})"
    inside = CALL.sub(lambda call: f"{SIGNS[call[1]]}(", inside)
    return re.sub(r"([A-Z]_\w+)\u2062", r"\1 ** ", inside)


def read_aloud(markup):
    return read(elements(markup)).replace("\u2062", "*")


OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


def understood(text):
    """What Python's grammar makes of a text, as nested tuples."""

    def tree(node):
        match node:
            case ast.Constant(value=int() | float() as value):
                return float(value)
            case ast.Name():
                return node.id
            case ast.UnaryOp():
                return negated(tree(node.operand))
            case ast.Call(func=ast.Name(id=function)):
                return (function, *map(tree, node.args))
            case ast.BinOp():
                return joined(OPERATORS[type(node.op)], tree(node.left), tree(node.right))

    return tree(ast.parse(text, mode="eval").body)


def meant(node):
    """What an expression is, as nested tuples of the same form."""
    match node:
        case Number() if node.value < 0:
            return negated(meant(Number(-node.value)))
        case Number() if "e" in str(node):
            mantissa, exponent = str(node).split("e")
            power = ("**", 10.0, understood(str(int(exponent))))
            return power if mantissa == "1" else joined("*", understood(mantissa), power)
        case Number():
            return node.value
        case Name():
            return node.id
        case Product():
            return ("**", node.weight, meant(node.operand))
        case Apply():
            return (node.function, *map(meant, node.arguments))
        case Negative():
            return negated(meant(node.operand))
        case Binary():
            return joined(node.operator, meant(node.left), meant(node.right))


def negated(tree):
    return ("negative", tree)


def joined(operator, left, right):
    """The tree of an operation; a product's sign stands before it: (-a) b is -(a b)."""
    if operator == "*" and isinstance(left, tuple) and left[0] == "negative":
        return negated(joined("*", left[1], right))
    return (operator, left, right)


numbers = st.sampled_from([0.0, 0.5, 1.0, 2.0, -1.0, -0.25, 1e-6, -1e-6, 3e-8, -3e-8])
leaves = st.builds(Number, numbers) | st.builds(Name, st.sampled_from(["a", "b", "c", "h_prev"]))


def larger(nodes):
    one = [name for name, function in FUNCTIONS.items() if function.arity == 1]
    two = [name for name, function in FUNCTIONS.items() if function.arity == 2]
    return (
        st.builds(Product, st.sampled_from(["U_h", "U_g"]), nodes)
        | st.builds(Negative, nodes)
        | st.builds(Binary, st.sampled_from(["+", "-", "*", "/", "**"]), nodes, nodes)
        | st.builds(Apply, st.sampled_from(one), st.tuples(nodes))
        | st.builds(Apply, st.sampled_from(two), st.tuples(nodes, nodes))
    )


@given(st.recursive(leaves, larger, max_leaves=12))
def test_a_reader_understands_what_was_meant(node):
    assert understood(read_aloud(mathml(node))) == meant(node)


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_every_equation_of_the_catalogue_reads_as_it_is_computed(line):
    left, right = read_aloud(mathml(line)).split("=")
    assert left == line.name
    assert understood(right) == meant(line.expression)


# --- Parentheses, by hand ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a - (b - c)", "a_t - (b_t - c_t)"),
        ("a - b - c", "a_t - b_t - c_t"),
        ("a * (b + c)", r"a_t \odot (b_t + c_t)"),
        ("a * b + c", r"a_t \odot b_t + c_t"),
        ("-(a + b)", "-(a_t + b_t)"),
        ("-a + b", "-a_t + b_t"),
        ("a + -b", "a_t + (-b_t)"),
        ("a - -b * c", r"a_t - (-b_t \odot c_t)"),
        ("a * b / c", r"\frac{a_t \odot b_t}{c_t}"),
        ("a * (b / c)", r"a_t \odot \frac{b_t}{c_t}"),
        ("a / (b / c)", r"\frac{a_t}{\frac{b_t}{c_t}}"),
        ("tanh(a / b)", r"\tanh\left(\frac{a_t}{b_t}\right)"),
        ("a ** 2", "{a_t}^{2}"),
        ("-a ** 2", "-{a_t}^{2}"),
        ("(-a) ** 2", "{(-a_t)}^{2}"),
        ("(a + b) ** -2", "{(a_t + b_t)}^{-2}"),
        ("tanh(a) ** 2", r"{(\tanh(a_t))}^{2}"),
        ("(a / b) ** 2", r"{\left(\frac{a_t}{b_t}\right)}^{2}"),
        ("2 * a", r"2 \, a_t"),
        ("2 * a ** 2", r"2 \, {a_t}^{2}"),
        ("4 * sigmoid(a) - 2", r"4 \, \sigma(a_t) - 2"),
        ("a * 2", r"a_t \cdot 2"),
        ("2 * (1 / 2)", r"2 \cdot \frac{1}{2}"),
        ("2 * 3", r"2 \cdot 3"),
        ("2 * (a * b)", r"2 \cdot (a_t \odot b_t)"),
        ("3e-8 * a", r"3 \cdot 10^{-8} \, a_t"),
        ("a ** 1e-6", "{a_t}^{10^{-6}}"),
        ("U_h @ h_prev", r"U_h \, h_{t-1}"),
        ("U_h @ (a * h_prev)", r"U_h \, (a_t \odot h_{t-1})"),
        ("U_h @ (U_g @ a)", r"U_h \, U_g \, a_t"),
        ("b_h * (U_h @ a)", r"b_h \odot U_h \, a_t"),
        ("maximum(a, abs(b))", r"\max(a_t, \left|b_t\right|)"),
        ("sqrt(1 - a * a)", r"\sqrt{1 - a_t \odot a_t}"),
        ("logsigmoid(a) + relu(b)", r"\log\sigma(a_t) + \operatorname{ReLU}(b_t)"),
    ],
)
def test_parentheses_stand_exactly_where_they_are_needed(text, printed):
    assert latex(expression(text)) == printed


# --- Names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "in_latex", "in_unicode"),
    [
        ("f", "f_t", "fₜ"),
        ("x", "x_t", "xₜ"),
        ("h_prev", "h_{t-1}", "hₜ₋₁"),
        ("c_tilde", r"\tilde{c}_t", "c̃ₜ"),
        ("c_tilde_prev", r"\tilde{c}_{t-1}", "c̃ₜ₋₁"),
        ("W_f", "W_f", "W_f"),
        ("R_if", "R_{if}", "R_if"),
        ("b_h", "b_h", "b_h"),
        ("beta", r"\beta_t", "βₜ"),
        ("b_beta", r"b_{\beta}", "b_β"),
        ("log_f", r"\mathrm{log}_{f,t}", "log_fₜ"),
        ("memory_prev", r"\mathrm{memory}_{t-1}", "memoryₜ₋₁"),
        ("m2", "m_{2,t}", "m₂ₜ"),
    ],
)
def test_names_are_written_as_papers_write_them(name, in_latex, in_unicode):
    assert symbol_latex(name) == in_latex
    assert plain(name) == in_unicode


def test_a_tilde_stands_over_its_letter_and_last_step_below():
    symbol = elements(symbol_mathml("c_tilde_prev"))[0]
    over, below = symbol
    assert (symbol.tag, symbol.get("data-key"), over.tag) == ("msub", "c_tilde_prev", "mover")
    assert ["".join(part.itertext()) for part in (over, below)] == ["c˜", "t−1"]


# --- What the page hangs on the markup ---------------------------------------------------------


def keys(markup, kind):
    return [e.get("data-key") for e in elements(markup).iter() if e.get("class") == kind]


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_every_symbol_carries_its_name_in_the_authors_order(line):
    written = re.findall(r"[A-Za-z]\w*", line.text)
    assert keys(mathml(line), "signal") == [name for name in written if name not in FUNCTIONS]


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_every_key_is_an_expression_that_a_trace_can_evaluate(cell):
    for line in cell.lines:
        for key in keys(mathml(line), "value"):
            assert names_in(cell.expression(key)) <= names_in(line.expression)


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_terms_are_those_of_the_line(cell):
    for line in cell.lines:
        assert [key for key, _, _ in terms_mathml(line)] == list(line.terms)
        for key, sign, markup in terms_mathml(line):
            unsigned = understood(read_aloud(markup))
            assert meant(line.terms[key]) == (unsigned if sign > 0 else negated(unsigned))


def test_a_terms_sign_is_given_apart_from_the_term():
    line = Cell("h = tanh(a - b_h - (U_h @ h_prev - 2))\na = -1 + h_prev").lines[0]
    terms = [(key, sign, read_aloud(markup)) for key, sign, markup in terms_mathml(line)]
    assert terms == [
        ("a", 1, "a"),
        ("-b_h", -1, "b_h"),
        ("-U_h @ h_prev", -1, "U_h ** h_prev"),
        ("2", 1, "2"),
    ]


def test_a_signal_has_its_colour_now_and_one_step_ago():
    cell = CELLS["lstm"]
    colours = {name: role.colour.light for name, role in cell.roles.items()}
    memory, keep = colours["c"], colours["f"]
    printed = latex(cell["c"], colours)
    assert printed.startswith(
        rf"\textcolor{{{memory}}}{{c_t}} = \textcolor{{{keep}}}{{f_t}} \odot "
    )
    assert rf"\textcolor{{{memory}}}{{c_{{t-1}}}}" in printed
    assert "textcolor" not in latex(cell["c"])


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_a_whole_cell_is_one_block_of_latex(cell):
    colours = {name: role.colour.dark for name, role in cell.roles.items()}
    for block in (aligned_latex(cell.lines), aligned_latex(cell.lines, colours)):
        depth = 0
        for character in re.sub(r"\\[\\a-zA-Z,]", "", block):
            depth += (character == "{") - (character == "}")
            assert depth >= 0
        assert depth == 0
        assert block.count(r"\left") == block.count(r"\right")
        assert block.count("&=") == len(cell.lines)
        assert block.count("\\\\\n") == len(cell.lines) - 1


@pytest.mark.parametrize("display", ["inline", "block"])
def test_mathml_is_one_element_with_its_namespace(display):
    root = ElementTree.fromstring(mathml(CELLS["gru"]["h_tilde"], display))
    assert root.tag == "{http://www.w3.org/1998/Math/MathML}math"
    assert root.get("display") == display


def test_nothing_that_was_typed_becomes_markup():
    name = 'a"><script>alert(1)</script>&'
    root = elements(mathml(Apply("<b>", (Name(name),))))
    assert "script" not in {element.tag for element in root.iter()}
    assert name in [element.get("data-key") for element in root.iter()]
