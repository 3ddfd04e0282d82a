"""What the browser works out with plain numbers is what the reference run computes."""

import numpy as np

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.notation.trees import lines_as_trees
from tests.agreement import assert_equal
from tests.node import answered

PROGRAM = """
import { carried, stepped } from "MODULE";
let text = "";
for await (const piece of process.stdin) text += piece;
const answers = JSON.parse(text).map(({ lines, states, weights, initial, x, held }) => {
  let past = initial;
  return x.map((number, t) => {
    const values = stepped(lines, { ...weights, ...past, x: number }, held[t]);
    past = carried(states, values);
    return values;
  });
});
console.log(JSON.stringify(answers));
"""
X = [0.5, -1.0, 0.25, 2.0]


def asked(cell: lv.Cell, held: list[dict[str, float]]) -> dict:
    weights = lv.init_weights(cell, 1, 1, seed=2)
    return {
        "lines": lines_as_trees(cell),
        "states": cell.states,
        "weights": {name: float(weight.ravel()[0]) for name, weight in weights.items()},
        "initial": {f"{state}_prev": cell.initial.get(state, 0.0) for state in cell.states},
        "x": X,
        "held": held,
    }


def test_every_cell_computes_the_same_in_the_browser():
    free = [dict[str, float]() for _ in X]
    answers = answered(
        "math/arithmetic.js", PROGRAM, [asked(cell, free) for cell in CELLS.values()]
    )
    for cell, steps in zip(CELLS.values(), answers, strict=True):
        trace = lv.run(cell, lv.init_weights(cell, 1, 1, seed=2), np.reshape(X, (-1, 1, 1)))
        for name in cell.signals:
            assert_equal([step[name] for step in steps], trace[name][:, 0, 0], of=(cell, name))


def test_a_held_gate_is_held_in_the_browser_as_well():
    cell = CELLS["lstm"]
    [steps] = answered(
        "math/arithmetic.js", PROGRAM, [asked(cell, [{}, {"f": 0.0}, {"f": 1.0, "i": 0.0}, {}])]
    )
    f, i = np.array([np.nan, 0, 1, np.nan]), np.array([np.nan, np.nan, 0, np.nan])
    hold = {"f": f.reshape(-1, 1, 1), "i": i.reshape(-1, 1, 1)}
    weights = lv.init_weights(cell, 1, 1, seed=2)
    trace = lv.run(cell, weights, np.reshape(X, (-1, 1, 1)), hold=hold)
    for name in cell.signals:
        assert_equal([step[name] for step in steps], trace[name][:, 0, 0], of=name)
