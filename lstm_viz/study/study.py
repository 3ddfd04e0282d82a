"""``lv.study``: a study from a notebook, as a data frame.

This file imports nothing but what it says, because ``lstm_viz`` binds its function when it is
imported itself: the room is called as the function is, and the name has to be the function's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_viz.extras import needed_by

if TYPE_CHECKING:
    import pandas as pd

    from lstm_viz.study.plan import Plan


def study(
    cells: Sequence[str] = ("peephole", "lstm", "gru"),
    tasks: Sequence[str] = ("parity",),
    trials: int = 10,
    *,
    alike: Sequence[str] = ("units",),
    seed: int = 0,
    workers: int = 0,
    storage: str | None = None,
    **budget: float,
) -> pd.DataFrame:
    """A row for each trial: what was drawn, and what came of it.

    Every cell is trained on every task with the same ``trials`` draws, ``alike`` in "units" or in
    "parameters". ``budget`` are fields of ``Budget``, as ``steps=200``. Without ``workers`` it is
    done here, one after the other; with some in as many processes, kept in the file ``storage``,
    with which the same call goes on where it was interrupted.

    Raises ValueError in words for what is no cell, task or number.
    """
    with needed_by("lv.study"):
        from lstm_viz.study import table
        from lstm_viz.study.plan import Plan
        from lstm_viz.study.trial import Budget

        plan = Plan(
            tuple(cells), tuple(tasks), trials, tuple(alike), Budget(**budget), seed  # type: ignore[arg-type]
        )  # fmt: skip
        if not workers and storage is None:
            from lstm_viz.study.row import found

            return table.frame(
                found(plan.trial(group, number), plan.budget) for group, number in plan
            )
        if storage is not None:
            return _kept(plan, max(1, workers), Path(storage))
        with tempfile.TemporaryDirectory(prefix="lstm-viz-study-") as folder:
            return _kept(plan, max(1, workers), Path(folder) / "study.db")


def _kept(plan: Plan, workers: int, file: Path) -> pd.DataFrame:
    from lstm_viz.study import table
    from lstm_viz.study.kept import Kept
    from lstm_viz.study.spread import cluster, spread

    kept = Kept(plan, f"sqlite:///{file.absolute()}")
    try:
        if len(kept.rows()) < len(plan):
            with cluster(workers, None) as client:
                spread(kept, client)
        return table.frame(kept.rows())
    finally:
        kept.close()
