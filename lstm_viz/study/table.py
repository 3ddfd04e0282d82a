"""A study as one small file, and as a data frame.

A Parquet file has a typed column for everything in a row, words as numbers into a list of them, so
that thousands of trials take some hundred kilobytes. What all rows share lies beside the columns:
the budget, the ranges, the seed, and the command that made it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lstm_viz.language import _

FORMAT = "LSTM Viz study 1"
ABOUT = b"lstm_viz"

WORD, WHOLE, NUMBER = pa.dictionary(pa.int16(), pa.string()), pa.int32(), pa.float64()
COLUMNS = pa.schema(
    {
        "cell": WORD,
        "task": WORD,
        "size": WHOLE,
        "alike": WORD,
        "number": WHOLE,
        "learning_rate": NUMBER,
        "drawn_units": WHOLE,
        "forget_bias": WORD,
        "initialisation": WORD,
        "noise": NUMBER,
        "clip": NUMBER,
        "seed": WHOLE,
        "units": WHOLE,
        "parameters": WHOLE,
        "validation": pa.list_(pa.float32()),
        "steps": WHOLE,
        "best_step": WHOLE,
        "validation_loss": NUMBER,
        "test_loss": NUMBER,
        "test_score": NUMBER,
        "diverged": pa.bool_(),
        "capped": pa.bool_(),
        "seconds": pa.float32(),
        "machine": WORD,
        "versions": WORD,
    }
)


@dataclass(frozen=True, eq=False)
class Study:
    """``rows`` has a trial in each, ``about`` what they share."""

    rows: pd.DataFrame
    about: Mapping[str, Any]


def table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    found = list(rows)
    plain = {name: [one[name] for one in found] for name in COLUMNS.names}
    return pa.table(
        {name: pa.array(values, COLUMNS.field(name).type) for name, values in plain.items()},
        schema=COLUMNS,
    )


def frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A row for every trial."""
    found: pd.DataFrame = table(rows).to_pandas()
    return found


def write(path: Path, rows: Iterable[Mapping[str, Any]], about: Mapping[str, Any]) -> None:
    """The file, complete or not at all."""
    words = {ABOUT: json.dumps({"format": FORMAT, **about}, ensure_ascii=False).encode()}
    waiting = path.with_name(f".{path.name}.part")
    pq.write_table(
        table(rows).replace_schema_metadata(words), waiting, compression="zstd",
        compression_level=19,
    )  # fmt: skip
    waiting.replace(path)


def read_study(path: Path | str) -> Study:
    """A study's file. Raises ValueError in words for what is none."""
    try:
        found = pq.read_table(Path(path))
        about = json.loads((found.schema.metadata or {})[ABOUT])
        is_one = about["format"] == FORMAT and found.schema.equals(COLUMNS)
    except (pa.ArrowInvalid, KeyError, ValueError):
        is_one = False
    if not is_one:
        raise ValueError(_("{name} is no file of a study.").format(name=Path(path).name))
    return Study(found.to_pandas(), about)
