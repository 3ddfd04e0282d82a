"""No text, however tangled, costs the process that serves everybody more than its share."""

from random import Random

import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.draft import draft
from lstm_viz.stage.layout import orders
from lstm_viz.stage.layout.parts import parts_of
from lstm_viz.stage.layout.routes import ENOUGH, Effort

# What must still be laid when nothing is left is laid in haste, and that is little.
IN_HASTE_AT_MOST = 0.3


def tangled(seed: int) -> Cell:
    """A cell near the limits of what may be typed, in which everything reads everything."""
    rng = Random(seed)
    while True:
        signals = [f"s{k}" for k in range(rng.randint(8, 17))] + ["h"]
        states = ["h", *rng.sample(signals[:-1], rng.randint(1, 5))]
        lines = []
        for k, signal in enumerate(signals):
            known = [f"{state}_prev" for state in states] + signals[:k]
            lines.append(f"{signal} = {_tangle(rng, known, rng.randint(1, 4))}")
        found = draft("\n".join(lines)).cell
        if found is not None:
            return found


def _tangle(rng: Random, known: list[str], depth: int) -> str:
    kind = rng.random()
    if depth == 0 or kind < 0.2:
        letter = rng.choice("abcdefgh")
        return rng.choice([*known, f"W_{letter} @ x", f"b_{letter}", "0.5"])
    if kind < 0.45:
        return f"{rng.choice(['sigmoid', 'tanh', 'relu'])}({_tangle(rng, known, depth - 1)})"
    if kind < 0.6:
        return f"(U_{rng.choice('abcdefgh')} @ {rng.choice(known)})"
    left, right = (_tangle(rng, known, depth - 1) for _ in range(2))
    return f"({left} {rng.choice('+-*')} {right})"


def effort_of(cell: Cell, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many points are looked at until the cell is laid out."""
    efforts: list[Effort] = []

    def noted() -> Effort:
        efforts.append(Effort())
        return efforts[-1]

    monkeypatch.setattr(orders, "Effort", noted)
    routes = orders.laid_out(parts_of(cell))
    assert routes.trees
    return ENOUGH - efforts[0].left


@pytest.mark.parametrize("seed", range(6))
def test_a_tangle_is_laid_out_with_little_effort(seed, monkeypatch):
    assert effort_of(tangled(seed), monkeypatch) < ENOUGH * (1 + IN_HASTE_AT_MOST)


def test_every_cell_of_the_catalogue_is_laid_out_without_haste(monkeypatch):
    assert all(effort_of(cell, monkeypatch) < ENOUGH for cell in CELLS.values())
