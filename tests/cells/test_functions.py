"""Each row of the table of functions, judged by libraries that we did not write."""

import math

import numpy as np
import pytest
import torch

from lstm_viz.cells.evaluation import evaluate, in_numpy, interval, quiet
from lstm_viz.cells.expressions import Apply, Name
from lstm_viz.cells.functions import FUNCTIONS, Function
from lstm_viz.cells.text import formula
from lstm_viz.networks.torch.layer import in_torch
from lstm_viz.notation.trees import function_tree, tree
from tests import plainly
from tests.node import answered

each_function = pytest.mark.parametrize("name", FUNCTIONS)

POINTS = np.array([-800.0, -40.0, -3.0, -1.0, -1e-3, 0.0, 1e-9, 0.3, 1.0, 2.5, 40.0, 800.0])

PROGRAM = """
import { evaluate } from "MODULE";
let text = "";
for await (const piece of process.stdin) text += piece;
const answers = JSON.parse(text).map(({ tree, of }) => of.map((values) => evaluate(tree, values)));
const said = (key, value) => (typeof value === "number" ? String(value) : value);
console.log(JSON.stringify(answers, said));
"""


def assert_close(actual: np.ndarray, expected: np.ndarray, of: str = "") -> None:
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12, err_msg=of)


def arguments_of(name: str) -> list[np.ndarray]:
    """Points, or all pairs of points."""
    return list(np.meshgrid(*[POINTS] * FUNCTIONS[name].arity)[::-1])


def by_numpy(name: str) -> np.ndarray:
    with quiet():
        return in_numpy(name)(*arguments_of(name))


def in_browser(questions: list[dict]) -> list[np.ndarray]:
    words = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    return [
        np.array([words.get(each) if each in words else float(each) for each in answers])
        for answers in answered("math/arithmetic.js", PROGRAM, questions)
    ]


@each_function
def test_numpys_value_is_torchs(name):
    expected = plainly.FUNCTIONS[name](*map(torch.tensor, arguments_of(name)))
    assert_close(by_numpy(name), expected.numpy())


@each_function
def test_the_network_on_tensors_computes_the_same(name):
    assert_close(in_torch(name)(*map(torch.tensor, arguments_of(name))).numpy(), by_numpy(name))


@each_function
def test_what_is_faster_computes_what_the_formula_says(name):
    values = dict(zip("ab", arguments_of(name), strict=False))
    with quiet():
        expected = evaluate(
            formula(FUNCTIONS[name].numpy), values, lambda function: getattr(np, function)
        )
    assert_close(by_numpy(name), expected)


@each_function
def test_the_value_is_written_where_it_is_told_to(name):
    given = arguments_of(name)
    by_place, by_name = np.empty_like(given[0]), np.empty_like(given[0])
    with quiet():
        assert in_numpy(name)(*given, by_place) is by_place
        assert in_numpy(name)(*given, out=by_name) is by_name
    assert_close(by_place, by_numpy(name))
    assert_close(by_name, by_numpy(name))


@each_function
def test_single_precision_stays_single(name):
    given = [values.astype(np.float32) for values in arguments_of(name)]
    with quiet():
        assert in_numpy(name)(*given).dtype == np.float32


def test_the_browser_computes_what_numpy_computes():
    asked = []
    for name in FUNCTIONS:
        points = [values.ravel().tolist() for values in arguments_of(name)]
        of = [dict(zip("ab", values, strict=False)) for values in zip(*points, strict=True)]
        call = Apply(name, tuple(Name(a) for a in FUNCTIONS[name].arguments))
        asked += [{"tree": function_tree(name), "of": of}, {"tree": tree(call), "of": of}]
    answers = iter(in_browser(asked))
    for name in FUNCTIONS:
        expected = by_numpy(name).ravel()
        assert_close(next(answers), expected, of=name)
        assert_close(next(answers), expected, of=name)


@each_function
def test_no_value_leaves_its_range(name):
    known = dict.fromkeys("ab", (-2.0, 3.0))
    inside = np.meshgrid(*[np.linspace(-2, 3, 31)] * FUNCTIONS[name].arity)
    low, high = interval(Apply(name, tuple(map(Name, FUNCTIONS[name].arguments))), known)
    with quiet():
        found = in_numpy(name)(*inside)
    found = found[~np.isnan(found)]
    assert ((found >= low) & (found <= high)).all()


def test_a_function_has_a_slope_for_each_argument():
    with pytest.raises(ValueError, match="cosh has 0 slopes; give one for each argument"):
        Function("cosh", slopes=())
