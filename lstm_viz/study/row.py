"""A trial's row as it is kept: what came of it, and where that was found."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lstm_viz.study.here import machine, versions
from lstm_viz.study.trial import Budget, Trial, run


def found(trial: Trial, budget: Budget) -> dict[str, Any]:
    """Runs the trial."""
    return asdict(run(trial, budget)) | {"machine": machine(), "versions": versions()}
