"""How a run shows itself: in a line of text, and as strips in a notebook.

The notebook's picture needs nothing but the notebook: every signal is a small PNG, units by steps,
as transparent as its values are small, so that it stands on a light page as on a dark one.
"""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.roles import Role
from lstm_viz.cells.symbols import plain
from lstm_viz.colours import NEGATIVE, POSITIVE, channels
from lstm_viz.language import _
from lstm_viz.run.scale import full_strength

MOST_UNITS, MOST_STEPS = 48, 240  # in one picture

# A notebook makes all columns of a table alike: names would stand on the strips.
TABLE = "border-collapse:collapse;border:0;width:100%;max-width:60em;table-layout:auto"


Signals = Mapping[str, np.ndarray]  # each (T, B, H)


def sizes(signals: Signals, inputs: int) -> str:
    """``50 steps, 1 sequence, 8 units, 3 inputs``."""
    T, B, H = signals["h"].shape
    counts = [(T, "step"), (B, "sequence"), (H, "unit"), (inputs, "input")]
    return ", ".join(counted(number, thing) for number, thing in counts)


def counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"


def html(
    cell: Cell,
    signals: Signals,
    inputs: int,
    lengths: Sequence[int] | None = None,
    backward: bool = False,
) -> str:
    """One strip a signal of the first sequence, as HTML that needs nothing else.

    ``lengths`` are those of packed sequences; of the first one its own steps are shown.
    """
    steps = len(signals["h"]) if lengths is None else lengths[0]
    h = signals["h"][: min(steps, MOST_STEPS), 0]
    moving = np.argsort(-np.ptp(np.nan_to_num(h), axis=0), kind="stable")[:MOST_UNITS]
    units = np.sort(moving)
    rows = "".join(_strip(cell, signal, signals[signal][:steps], units) for signal in cell.signals)
    title = escape(_title(cell, signals, inputs))
    said = _what_is_shown((steps, *signals["h"].shape[1:]), len(units), lengths, backward)
    below = escape(said)
    return (
        f'<div style="margin:.4em 0"><div style="margin-bottom:.3em">{title}</div>'
        f'<table style="{TABLE}">{rows}</table>'
        f'<div style="opacity:.7;font-size:85%">{below}</div></div>'
    )


def _title(cell: Cell, signals: Signals, inputs: int) -> str:
    name = _(cell.title) if cell.title else _("A cell of one’s own")
    return f"{name}: {sizes(signals, inputs)}"


def _what_is_shown(
    shape: tuple[int, ...], units: int, lengths: Sequence[int] | None, backward: bool
) -> str:
    T, B, H = shape
    parts = [_("sequence 1 of {all}").format(all=B)] if B > 1 else []
    if lengths is not None:
        parts.append(_("it ends after step {last}").format(last=T))
    if T > MOST_STEPS:
        parts.append(_("steps 1 to {shown} of {all}").format(shown=MOST_STEPS, all=T))
    if units < H:
        parts.append(
            _("{shown} of {all} units, those whose h moves most").format(shown=units, all=H)
        )
    direction = (
        _("it was read backward, so that the last step is on the left; a row is a unit")
        if backward
        else _("time goes to the right, a row is a unit")
    )
    return "; ".join([*parts, direction]) + "."


def _strip(cell: Cell, signal: str, track: np.ndarray, units: np.ndarray) -> str:
    values = np.asarray(track[:MOST_STEPS, 0][:, units].T, float)  # units by steps
    role = cell.roles[signal]
    limit = full_strength(track[:, 0], cell.ranges[signal])
    picture = _png(_coloured(values / limit, cell.ranges[signal][0] >= 0, role))
    known = values[np.isfinite(values)]
    spans = f"{known.min():.2f} … {known.max():.2f}" if known.size else ""
    style = "border:0;padding:2px 8px;text-align:left;background:none"
    return (
        f'<tr style="background:none"><td style="{style};white-space:nowrap">'
        f'<b style="color:{role.colour.between}">{escape(plain(signal))}</b></td>'
        f'<td style="{style};width:100%"><img alt="{escape(_alt(signal, role))}" '
        f'title="{escape(_(role.meaning))}" src="data:image/png;base64,{picture}" '
        f'style="display:block;width:100%;height:{max(14, min(72, 3 * len(units)))}px;'
        f'image-rendering:pixelated;margin:0;outline:1px solid rgba(127,127,127,.35)"></td>'
        f'<td style="{style};white-space:nowrap;opacity:.7;font-size:85%">{spans}</td></tr>'
    )


def _alt(signal: str, role: Role) -> str:
    every = _("every unit at every step")
    return f"{plain(signal)}, {_(role.name)}: {every}"


def _coloured(shares: np.ndarray, is_gate: bool, role: Role) -> np.ndarray:
    """RGBA, (units, steps, 4): a gate in its role's colour, a value with a sign in its sign's.

    ``shares`` of full strength, (units, steps).
    """
    strength = np.clip(np.abs(np.nan_to_num(shares)), 0, 1)
    colours = np.empty((*shares.shape, 4), np.uint8)
    if is_gate:
        colours[..., :3] = channels(role.colour.between)
    else:
        negative = (shares < 0)[..., None]
        signs = [channels(sign.between) for sign in (NEGATIVE, POSITIVE)]
        colours[..., :3] = np.where(negative, *signs)
    colours[..., 3] = np.round(255 * strength)
    return colours


def _png(rgba: np.ndarray) -> str:
    """The picture (height, width, 4) as a PNG file in base64."""
    height, width, _four = rgba.shape
    rows = np.zeros((height, 1 + 4 * width), np.uint8)  # each row begins with "no filter"
    rows[:, 1:] = rgba.reshape(height, -1)
    size = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = [(b"IHDR", size), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b"")]
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)).decode()
