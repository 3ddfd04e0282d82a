"""Trials as a study draws them, whose losses a function says: what a test knows the answer to."""

import pandas as pd

from lstm_viz.study.space import draw


def rows_of(cells, n=30, task="adding", alike="units", *, of):
    """``of(cell, draw)`` is the loss, in validation and in the test."""
    return pd.DataFrame(
        [
            {
                **(one := draw(number)).values,
                "drawn_units": one.units,
                "number": number,
                "cell": cell,
                "task": task,
                "alike": alike,
                "test_loss": (loss := of(cell, one)),
                "validation_loss": loss,
            }
            for cell in cells
            for number in range(n)
        ]
    )
