"""The curves of a run for other programs: a table, and an event file as TensorBoard reads it.

An event file is a sequence of records: the length, a checksum of it, an Event, a checksum of that
(CRC-32C, Castagnoli's, turned and shifted as TensorFlow does). An Event is a protocol buffer of
three fields here: the time, the step, and a summary with a name and a value. So little of the
format is needed that it is written here, rather than installing TensorBoard to write it.
"""

from __future__ import annotations

import csv
import io
import math
import struct
from collections.abc import Iterator
from pathlib import Path

from lstm_viz.language import _
from lstm_viz.training.run_folder import Record, Run

EVENTS = "events.out.tfevents.0000000000.lstm-viz"  # TensorBoard looks for "tfevents" in the name
COLUMNS = ("step", "loss", "gradient_norm", "validation_loss", "metric")


def to_csv_file(run: Run, path: Path | str) -> None:
    """A row for every step: its loss, and the length of its gradient before clipping, or what the
    network was examined to after it; an empty field where it was not."""
    Path(path).write_text(csv_of(run), encoding="utf-8", newline="")


def csv_of(run: Run) -> str:
    """The table as text; numbers to the last digit."""
    found: dict[int, dict[str, float]] = {}
    for name, step, value in points(_record(run)):
        found.setdefault(step, {})[name] = value
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for step in sorted(found):
        writer.writerow({"step": step, **found[step]})
    return text.getvalue()


def to_tensorboard_folder(run: Run, folder: Path | str) -> Path:
    """Writes the curves into the folder, for ``tensorboard --logdir``; the file that was made."""
    record, place = _record(run), Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    a_step = record.seconds / max(1, record.done)
    events = [_event(0.0, 0, _text(3, "brain.Event:2"))]
    for name, step, value in points(record):
        summary = _text(1, name) + _key(2, 5) + struct.pack("<f", value)
        events.append(_event(step * a_step, step, _block(5, _block(1, summary))))
    file = place / EVENTS
    file.write_bytes(b"".join(_framed(event) for event in events))
    return file


def points(record: Record) -> Iterator[tuple[str, int, float]]:
    """Every number of the curves: its name, after how many steps, and its value, in order."""
    for step in range(record.done):
        yield "loss", step, float(record.loss[step])
        yield "gradient_norm", step, float(record.norm[step])
    for place, step in enumerate(record.at.tolist()):
        yield "validation_loss", step, float(record.validation[place])
        if not math.isnan(record.metric[place]):
            yield "metric", step, float(record.metric[place])


def _record(run: Run) -> Record:
    if run.record is None:
        raise ValueError(_("This run has no curves yet."))
    return run.record


# -- the event file


def _event(seconds: float, step: int, content: bytes) -> bytes:
    return _key(1, 1) + struct.pack("<d", seconds) + _key(2, 0) + _varint(step) + content


def _text(field: int, text: str) -> bytes:
    return _block(field, text.encode())


def _block(field: int, content: bytes) -> bytes:
    return _key(field, 2) + _varint(len(content)) + content


def _key(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def _framed(event: bytes) -> bytes:
    length = struct.pack("<Q", len(event))
    return length + _checksum(length) + event + _checksum(event)


def _checksum(data: bytes) -> bytes:
    found = crc32c(data)
    turned = (found >> 15 | found << 17) + 0xA282EAD8
    return struct.pack("<I", turned & 0xFFFFFFFF)


def _row(byte: int) -> int:
    for _bit in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    return byte


_ROWS = tuple(map(_row, range(256)))


def crc32c(data: bytes) -> int:
    """The checksum with Castagnoli's polynomial."""
    found = 0xFFFFFFFF
    for byte in data:
        found = found >> 8 ^ _ROWS[(found ^ byte) & 0xFF]
    return found ^ 0xFFFFFFFF
