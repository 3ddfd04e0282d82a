"""Where the numbers go when symbols are replaced by them."""

import re

import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.evaluation import in_numpy
from lstm_viz.cells.functions import FUNCTIONS
from lstm_viz.notation.substituted import substituted
from lstm_viz.run.run import run
from lstm_viz.run.weights import init_weights


def text(parts, values=None):
    """The parts as the browser writes them, from numbers, or from the keys themselves."""
    return "".join(written(part, values) for part in parts)


def written(part, values):
    if "key" not in part:
        return part["text"]
    number = f"{values[part['key']]:.12f}" if values else part["key"]
    negative = number.startswith("-")
    if part["place"] == "summand":
        sign = "−" if (part["sign"] == "-") != negative else "+"
        return f" {sign} {number.lstrip('-')}"
    return f"({number})" if part["place"] == "factor" and negative else number


def line_of(equation):
    return Cell(f"{equation}\nh = y" if not equation.startswith("h") else equation).lines[0]


def test_a_gate_is_a_sum_and_then_the_function_of_the_sum():
    parts = substituted(CELLS["lstm"]["f"])
    values = {
        "W_f @ x": 0.5,
        "U_f @ h_prev": -0.25,
        "b_f": 1.0,
        "W_f @ x + U_f @ h_prev + b_f": 1.25,
    }
    assert text(parts, values).replace("0" * 9, "") == "= σ(0.500 − 0.250 + 1.000) = σ(1.250)"


def test_a_minus_sign_melts_into_the_plus_before_it_and_into_the_minus():
    parts = substituted(line_of("y = b_y - d_y"))
    assert text(parts, {"b_y": 1.0, "d_y": -2.0}).startswith("= 1.000000000000 + 2.0")


def test_a_negative_factor_stands_in_parentheses():
    parts = substituted(CELLS["lstm"]["c"])
    values = {"f": 0.9, "c_prev": -0.5, "i": 0.1, "c_tilde": -0.25}
    assert text(parts, values).replace("0" * 9, "") == "= 0.900 · (-0.500) + 0.100 · (-0.250)"


def test_a_negative_peephole_weight_gives_its_sign_to_the_sum():
    values = dict.fromkeys(CELLS["peephole"].names, 1.0) | {"p_f": -0.5, "c_prev": -2.0}
    values |= {
        part["key"]: values.get(part["key"], 1.0)
        for part in substituted(CELLS["peephole"]["f"])
        if "key" in part
    }
    assert " − 0.500000000000 · (-2.000000000000) + 1" in text(
        substituted(CELLS["peephole"]["f"]), values
    )


def test_parentheses_of_the_equation_stay():
    assert text(substituted(CELLS["gru"]["h"])) == "= z · h_prev + (1 − z) · h_tilde"


def test_the_base_of_a_power_keeps_its_sign_to_itself():
    parts = substituted(line_of("y = b_y ** 2"))
    assert text(parts, {"b_y": -3.0}).startswith("= (-3.0")


@pytest.mark.parametrize("cell", CELLS.values(), ids=list(CELLS))
def test_what_is_printed_computes_to_the_signal(cell):
    """Read as arithmetic, the printed numbers give the value beside them, for every cell."""
    import numpy as np

    x = np.random.default_rng(0).normal(size=(3, 1, 2))
    trace = run(cell, init_weights(cell, 2, 3), x)
    # One that is added later is the table's own.
    functions = {f.sign: in_numpy(f.name) for f in FUNCTIONS.values()} | {
        "tanh": np.tanh,
        "exp": np.exp,
        "log": np.log,
        "sign": np.sign,
        "sqrt": np.sqrt,
        "abs": np.abs,
        "max": np.maximum,
        "min": np.minimum,
        "ReLU": lambda a: max(a, 0),
        "softplus": lambda a: np.log1p(np.exp(a)),
        "σ": lambda a: 1 / (1 + np.exp(-a)),
        "logσ": lambda a: -np.log1p(np.exp(-a)),
    }
    for line in cell.lines:
        parts = substituted(line)
        keys = [part["key"] for part in parts if "key" in part]
        values = {key: float(trace.value(key)[2, 0, 1]) for key in keys}
        for side in text(parts, values).removeprefix("= ").split(" = "):
            arithmetic = side.replace("−", "-").replace("·", "*").replace("log σ", "logσ")
            arithmetic = re.sub(r"\|([^|]*)\|", r"abs(\1)", arithmetic.replace("√", "sqrt"))
            assert calculated(arithmetic, functions) == pytest.approx(
                float(trace[line.name][2, 0, 1]), abs=1e-9
            ), side


def calculated(arithmetic, functions):
    """The value of printed arithmetic; the text comes from this test's own catalogue."""
    import ast

    def value(node):
        match node:
            case ast.Expression(body=body):
                return value(body)
            case ast.Constant(value=number):
                return number
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -value(operand)
            case ast.BinOp(op=op, left=left, right=right):
                a, b = value(left), value(right)
                return {
                    ast.Add: lambda: a + b,
                    ast.Sub: lambda: a - b,
                    ast.Mult: lambda: a * b,
                    ast.Div: lambda: a / b,
                    ast.BitXor: lambda: a**b,
                }[type(op)]()
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return functions[name](*map(value, arguments))
        raise AssertionError(ast.dump(node))

    return value(ast.parse(arithmetic, mode="eval"))
