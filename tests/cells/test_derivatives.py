"""The derivative of every equation by everything in it, judged by torch's autograd."""

from collections.abc import Mapping

import numpy as np
import pytest
import torch

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.derivatives import Atom, Partial, atoms, derivative, partials
from lstm_viz.cells.evaluation import evaluate
from lstm_viz.cells.expressions import (
    Apply,
    Binary,
    Expression,
    Name,
    Negative,
    Number,
    Product,
)
from lstm_viz.cells.functions import FUNCTIONS
from tests import plainly
from tests.agreement import assert_equal


def slope_of(cell: Cell, signal: str, by: str) -> str:
    """The text of one local derivative."""
    return next(str(p.value) for p in partials(cell)[signal] if str(p.by) == by)


def right_side(text: str) -> Expression:
    """An expression over the states u, v and y."""
    carried = "\n".join(f"{name} = {name}_prev" for name in "uvy")
    return Cell(f"{carried}\nh = {text}")["h"].expression


def by_autograd(node: Expression, values: dict[str, np.ndarray], by: Name) -> np.ndarray:
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in values.items()}
    evaluate(node, tensors, plainly.FUNCTIONS.__getitem__).sum().backward()
    return tensors[by.id].grad.numpy()


def assert_derivatives_agree(node: Expression, values: dict[str, np.ndarray]) -> None:
    for atom in atoms(node):
        assert isinstance(atom, Name)
        ours = evaluate(derivative(node, atom), values) * np.ones(5)
        assert_equal(ours, by_autograd(node, values, atom), of=(str(node), atom.id))


def some_values(low: float = 0.2, high: float = 2.0) -> dict[str, np.ndarray]:
    stream = np.random.default_rng(7)
    return {name: stream.uniform(low, high, 5) for name in "uvy"}


def test_the_slope_of_a_gate_is_the_gate_times_what_is_missing_to_1():
    assert slope_of(CELLS["lstm"], "f", "U_f @ h_prev") == "f * (1 - f)"


def test_the_slope_of_the_candidate_is_1_minus_its_square():
    assert slope_of(CELLS["lstm"], "c_tilde", "W_c @ x") == "1 - c_tilde ** 2"


def test_the_memory_passes_its_gradient_on_times_the_forget_gate():
    assert slope_of(CELLS["lstm"], "c", "c_prev") == "f"


def test_the_forget_gate_is_moved_by_what_there_was_to_forget():
    assert slope_of(CELLS["lstm"], "c", "f") == "c_prev"


def test_the_input_gate_is_moved_by_the_candidate_and_the_candidate_by_the_gate():
    assert slope_of(CELLS["lstm"], "c", "i") == "c_tilde"
    assert slope_of(CELLS["lstm"], "c", "c_tilde") == "i"


def test_a_peephole_adds_a_way_from_the_memory_into_its_gate():
    assert slope_of(CELLS["peephole"], "f", "c_prev") == "f * (1 - f) * p_f"
    assert slope_of(CELLS["peephole"], "o", "c") == "o * (1 - o) * p_o"


def test_a_coupled_gate_moves_against_the_other():
    assert slope_of(CELLS["cifg"], "f", "i") == "-1"


def test_a_gate_that_is_always_open_has_no_derivative():
    assert partials(CELLS["nfg"])["f"] == ()


def test_what_a_cut_weight_multiplies_is_a_constant():
    cut = partials(CELLS["peephole"], frozenset({"p_f"}))["f"]
    assert Name("c_prev") not in [partial.by for partial in cut]
    assert Product("U_f", Name("h_prev")) in [partial.by for partial in cut]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_slope_of_every_function_is_autograds(function):
    arguments = "u * v, y" if FUNCTIONS[function].arity == 2 else "u * v"
    assert_derivatives_agree(right_side(f"{function}({arguments})"), some_values())


@pytest.mark.parametrize(
    "function", ["relu", "abs", "maximum", "minimum", "softplus", "logsigmoid"]
)
def test_the_slope_of_every_function_is_autograds_below_zero_too(function):
    arguments = "u, y" if FUNCTIONS[function].arity == 2 else "u"
    assert_derivatives_agree(right_side(f"{function}({arguments})"), some_values(-2, 2))


def test_where_two_are_equally_large_each_is_half_of_the_maximum():
    values = {name: np.full(5, 0.7) for name in "uv"}
    assert_derivatives_agree(right_side("maximum(u, v) + minimum(u, 2 * v)"), values)
    assert (
        evaluate(derivative(right_side("maximum(u, v)"), Name("u")), values).tolist() == [0.5] * 5
    )


@pytest.mark.parametrize(
    "text",
    [
        "u / v",
        "1 / (u + v)",
        "-u / (v * y)",
        "u ** 3 - v ** 2",
        "u ** -2",
        "u ** 0.5 * y",
        "u ** v",
        "2 ** u",
        "u - (v - y)",
        "-(u - 2 * v) * -y",
        "u * v * y / (u + v + y)",
        "exp(-u * v) / sqrt(y)",
        "tanh(sigmoid(u) * tanh(v)) ** 2",
        "maximum(u, v) * minimum(v, y)",
        "log(1 + exp(u)) - abs(v - y)",
    ],
)
def test_sums_products_quotients_and_powers(text):
    assert_derivatives_agree(right_side(text), some_values())


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_every_line_of_every_cell(cell):
    """Atoms, matrix products among them, are taken as variables that nothing ties together."""
    stream = np.random.default_rng(3)
    names = sorted(cell.names | {"x"})
    values = {name: stream.uniform(0.1, 0.9, 5) for name in names}
    for line in cell.lines:
        free: dict[Atom, Name] = {
            atom: Name(f"atom{k}") for k, atom in enumerate(atoms(line.expression))
        }
        numbers = {free[atom].id: stream.uniform(0.1, 0.9, 5) for atom in free}
        texts = {str(atom): numbers[name.id] for atom, name in free.items()}
        judged = with_names(line.expression, free)
        values[line.name] = evaluate(judged, numbers) * np.ones(5)
        for partial in partials(cell)[line.name]:
            ours = value_of(partial, values | texts)
            assert_equal(ours, by_autograd(judged, numbers, free[partial.by]), of=str(partial.by))


def with_names(node: Expression, names: Mapping[Atom, Name]) -> Expression:
    """The expression with atoms replaced by plain names."""
    match node:
        case Name() | Product():
            return names.get(node, node)
        case Negative():
            return Negative(with_names(node.operand, names))
        case Binary():
            left, right = with_names(node.left, names), with_names(node.right, names)
            return Binary(node.operator, left, right)
        case Apply():
            arguments = tuple(with_names(argument, names) for argument in node.arguments)
            return Apply(node.function, arguments)
        case Number():
            return node


def value_of(partial: Partial, values: dict[str, np.ndarray]) -> np.ndarray:
    names: dict[Atom, Name] = {atom: Name(str(atom)) for atom in atoms(partial.value)}
    return evaluate(with_names(partial.value, names), values) * np.ones(5)
