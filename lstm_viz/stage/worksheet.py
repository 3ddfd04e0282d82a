"""A worksheet: a printable page with numbers to fill in, and the same page with them filled in.

How it works. A sheet is data: blocks of lines, and in a line stand texts, symbols and blanks, each
of which knows its answer. So the sheet for a student and the one with the answers are one sheet
printed twice, and the key of a whole class is a table of the same blanks. `view_sheet` makes one of
a run on a stage; `lessons/worksheet.py` makes one of a lesson. All answers are read off a run.

The file needs nothing but itself. Its strips are drawn here, as SVG; the cell is drawn by the
modules that draw the stage, black on white (browser/entries/worksheet.js). Names of students are
typed into the file when it is open: no server sees them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

import numpy as np

from lstm_viz.cells.symbols import plain, with_minus
from lstm_viz.language import _
from lstm_viz.rounded import percent
from lstm_viz.stage import bundle
from lstm_viz.stage.payload_types import Equation, Scene, StagePayload

WINDOW = 16  # steps of a strip: more are too narrow for their words
READ = 40  # words that are printed as what has been read
SAME = 5e-4  # what differs by less is the same on paper
LONGEST_WORD = 12


@dataclass(frozen=True)
class Blank:
    """A place to write in. ``counts`` where it has a number and stands in the key; ``options`` are
    what is chosen from, where that is so."""

    answer: str
    counts: bool = True
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Symbol:
    """A formula, as MathML."""

    mathml: str


@dataclass(frozen=True)
class Told:
    """What only the answers say."""

    text: str


Line: TypeAlias = tuple[str | Blank | Symbol | Told, ...]


@dataclass(frozen=True)
class Row:
    """A signal of one unit in a strip: its name, a number a step, and the ends of its scale."""

    label: str
    values: tuple[float, ...]
    low: float
    high: float


@dataclass(frozen=True)
class Strip:
    """Signals of one unit, a bar for each step; at ``blank`` (counted in it) they are to be drawn.

    ``first`` is the step, counted from 1, with which it begins.
    """

    rows: tuple[Row, ...]
    words: tuple[str, ...]
    first: int
    blank: int | None = None


@dataclass(frozen=True)
class Block:
    """A part of a sheet. ``drawn`` where the cell is drawn above its lines."""

    heading: str
    lines: tuple[Line, ...]
    strips: tuple[Strip, ...] = ()
    drawn: bool = False


@dataclass(frozen=True)
class Sheet:
    """One page or two: its title, what it is of, and its blocks. ``scene`` is the cell."""

    title: str
    about: str
    blocks: tuple[Block, ...]
    scene: Scene | None = None

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """Those with a number, in their order."""
        parts = [part for block in self.blocks for line in block.lines for part in line]
        return tuple(part for part in parts if isinstance(part, Blank) and part.counts)


def written(value: float) -> str:
    """Three decimals, as the stage writes a number."""
    return with_minus(f"{round(value, 3) + 0.0:.3f}")


# ---- a sheet of a view ---------------------------------------------------------------------------


def view_sheet(payload: StagePayload, t: int, unit: int) -> Sheet:
    """The sheet of one step and unit, counted from 0, of a run that a stage shows.

    Raises ValueError where the stage does not say its numbers, as one that is being trained.
    """
    if not payload["values"]:
        raise ValueError(_("The numbers of this view are not at one moment; there is no sheet."))
    t, unit = min(max(t, 0), payload["steps"] - 1), min(max(unit, 0), payload["units"] - 1)
    words = [token["text"] for token in payload["tokens"]]
    where = _("Step {t} of {steps}: “{word}” is read. All numbers are those of unit {unit}.")
    return Sheet(
        " · ".join(filter(None, [payload["task"], payload["cell"]["title"]])),
        where.format(t=t + 1, steps=len(words), word=words[t], unit=unit),
        (_read(words, t), _by_hand(payload, t, unit), _seen(payload, t, unit)),
        payload["scene"],
    )


def _read(words: Sequence[str], t: int) -> Block:
    start = max(0, t + 1 - READ)
    before = " ".join(words[start:t])
    line = f"{'… ' if start else ''}{before} [{words[t]}]".strip()
    return Block(_("What is read"), ((line,),), drawn=True)


def _by_hand(payload: StagePayload, t: int, unit: int) -> Block:
    """The lines of the cell, each with what stands before it, and its results left out."""

    def value(key: str) -> float:
        return value_of(payload, key, t, unit)

    signals = {equation["signal"] for equation in payload["equations"]}
    lines: list[Line] = [
        (
            _(
                "Work out the lines one after the other, with three decimals. What has no number "
                "is the result of another line."
            ),
        )
    ]
    for equation in sorted(payload["equations"], key=lambda one: one["phase"]):
        if not equation["folded"]:
            lines.append((Symbol(equation["mathml"]), *_substituted(equation, signals, value)))
    return Block(_("One step by hand"), tuple(lines))


def _substituted(
    equation: Equation, signals: set[str], value: Callable[[str], float]
) -> list[str | Blank | Symbol | Told]:
    parts: list[str | Blank | Symbol | Told] = [" "]
    for part in equation["substituted"]:
        if "key" not in part:
            parts.append(part["text"])
            continue
        key, found = part["key"], value(part["key"])
        if key == equation["pre"] or key in signals:  # a sum in between, or another line's result
            sign = f" {with_minus(part['sign'])} " if part["place"] == "summand" else ""
            inside = written(found)
            is_negative = inside.startswith("−") and part["place"] != "first"
            parts += [sign, Blank(f"({inside})" if is_negative else inside, key not in signals)]
        else:
            parts.append(_placed(found, part["place"], part["sign"]))
    return [*parts, " = ", Blank(written(value(equation["signal"])))]


def _placed(value: float, place: str, sign: str) -> str:
    """A number inside a line: its minus melts into the sign before it, or stands in parentheses."""
    text = written(value)
    if place == "summand":
        is_less = (sign == "-") != text.startswith("−")
        return f" {'−' if is_less else '+'} {text.removeprefix('−')}"
    return f"({text})" if place == "factor" and text.startswith("−") else text


def _seen(payload: StagePayload, t: int, unit: int) -> Block:
    """The unit over the steps around this one; what is to be drawn in, and read off."""
    steps = payload["steps"]
    first = min(max(0, t - WINDOW * 2 // 3), max(0, steps - WINDOW))
    last = min(steps, first + WINDOW)
    rows = []
    for signal in payload["signals"]:
        if signal["strip"]:
            values = series_of(payload, signal["name"], unit)
            is_signed = signal["scale"] == "signed"
            rows.append(row_of(signal["name"], values, is_signed, slice(first, last)))
    words = tuple(token["text"] for token in payload["tokens"][first:last])
    strip = Strip(tuple(rows), words, first + 1, t - first)
    lines: list[Line] = [(_("Draw the bars of step {t} into the strips.").format(t=t + 1),)]
    lines += _questions(payload, first, last, unit)
    shares = {g["text"]: g["p"] for g in payload["tokens"][t]["predictions"] if g["p"] is not None}
    if shares:
        best = max(shares, key=shares.__getitem__)
        said = f"{best} ({percent(shares[best])})"
        asked = _("What do you expect next? The network’s first guess, and its share: ")
        lines.append((asked, Blank(said)))
    return Block(_("Over time"), tuple(lines), (strip,))


def row_of(name: str, values: np.ndarray, is_signed: bool, steps: slice) -> Row:
    """The strip of a signal at some steps: from 0 to 1 where it is a gate, else as far as the
    numbers of the whole sequence go."""
    most = 1.0 if not is_signed else float(f"{max(np.abs(values).max(), 1e-3) * 1.05:.2g}")
    most = 1.0 if 0.5 < most <= 1.05 else most
    label, low = plain(name).removesuffix("ₜ"), -most if is_signed else 0.0
    return Row(label, tuple(map(float, values[steps])), low, most)


def _questions(payload: StagePayload, first: int, last: int, unit: int) -> list[Line]:
    """What can be read off the strips: the least of a gate, and where the memory moves most."""
    lines: list[Line] = []
    if last - first < 3:
        return lines
    names = [signal["name"] for signal in payload["signals"] if signal["strip"]]
    states = [name for name in names if f"{name}_prev" in payload["values"]]
    memory = next((name for name in states if name != "h"), states[0] if states else None)
    gate = next((s["name"] for s in payload["signals"] if s["scale"] != "signed"), None)
    if gate:
        values = series_of(payload, gate, unit)[first + 1 : last]
        asked = _("At which of these steps, after the first, is {signal} lowest? ")
        lines.append(
            (
                asked.format(signal=plain(gate).removesuffix("ₜ")),
                Blank(_steps_where(values, values.min(), first + 2)),
            )
        )
    if memory:
        moved = np.abs(np.diff(series_of(payload, memory, unit)[first:last]))
        asked = _("At which of these steps, after the first, does {signal} move most? ")
        lines.append(
            (
                asked.format(signal=plain(memory).removesuffix("ₜ")),
                Blank(_steps_where(moved, moved.max(), first + 2)),
            )
        )
    return lines


def _steps_where(values: np.ndarray, extreme: float, first: int) -> str:
    """The steps at which it is as good as there: on paper two such bars are the same."""
    return ", ".join(str(first + int(k)) for k in np.flatnonzero(np.abs(values - extreme) < SAME))


def series_of(payload: StagePayload, key: str, unit: int) -> np.ndarray:
    """(T,) numbers of one unit, as the stage was sent them."""
    found = payload["values"][key]
    shape = found["shape"]
    array = np.frombuffer(base64.b64decode(found["data"]), "<f4").reshape(shape).astype(float)
    column = array[..., unit if shape[-1] > 1 else 0]
    return np.broadcast_to(column, (payload["steps"],))


def value_of(payload: StagePayload, key: str, t: int, unit: int) -> float:
    return float(series_of(payload, key, unit)[t])


# ---- what is printed -----------------------------------------------------------------------------


def worksheet_file(sheets: Sequence[Sheet], language: str, same: str = "") -> str:
    """A page to print: the sheets, the same with their answers, and the key of all.

    ``same`` is said on the screen, not on paper. Raises ValueError where there is no sheet.
    """
    if not sheets:
        raise ValueError(_("There is no sheet to print."))
    scenes: list[Scene] = []
    places = []
    for sheet in sheets:
        if sheet.scene is not None and sheet.scene not in scenes:
            scenes.append(sheet.scene)
        places.append(-1 if sheet.scene is None else scenes.index(sheet.scene))
    data = json.dumps(scenes, allow_nan=False).replace("<", "\\u003c")
    numbers = [str(k + 1) if len(sheets) > 1 else "" for k in range(len(sheets))]
    both = {
        kind: "".join(
            _page(sheet, number, place, kind == "answers")
            for sheet, number, place in zip(sheets, numbers, places, strict=True)
        )
        for kind in ("sheets", "answers")
    }
    title = escape(sheets[0].title)
    return f"""<!doctype html>
<html lang="{escape(language)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{bundle.styles("worksheet")}</style>
<body data-prints="sheets">
{_controls(same, len(sheets))}
<main class="worksheet">
<div class="sheets">{both["sheets"]}</div>
<div class="key">{_key(sheets, numbers)}</div>
<div class="answers">{both["answers"]}</div>
</main>
<script type="application/json" id="scenes">{data}</script>
<script type="module">
{bundle.script(entry="worksheet")}
mount({{ scenes: JSON.parse(document.getElementById("scenes").textContent), root: document }});
</script>
</body>
</html>
"""


def _controls(same: str, count: int) -> str:
    """The line above the pages, which is not printed."""
    papers = "".join(f"<option>{name}</option>" for name in ("A4", "Letter"))
    prints = {
        "sheets": _("Worksheets"),
        "key": _("All answers on one page"),
        "answers": _("Sheets with the answers"),
    }
    kinds = "".join(
        f'<option value="{key}">{escape(said)}</option>' for key, said in prints.items()
    )
    names = escape(_("Names, one on each line. They stay in this file on your screen."))
    box = f'<label class="names">{names}<textarea rows="3"></textarea></label>' if count > 1 else ""
    of_paper, shows = escape(_("Paper")), escape(_("Show and print"))
    press = escape(_("Print"))
    return (
        '<form class="controls">'
        f'<label>{of_paper} <select name="paper">{papers}</select></label>'
        f'<label>{shows} <select name="prints">{kinds}</select></label>'
        f'<button type="button">{press}</button>{box}'
        f"<p>{escape(same)}</p></form>"
    )


def _page(sheet: Sheet, number: str, place: int, answered: bool) -> str:
    count = 0
    blocks = []
    for block in sheet.blocks:
        lines = []
        for line in block.lines:
            pieces = []
            for part in line:
                if isinstance(part, Blank) and part.counts:
                    count += 1
                pieces.append(_printed(part, count, answered))
            if any(pieces):
                lines.append(f"<p>{''.join(pieces)}</p>")
        drawing = f'<svg class="drawing" data-scene="{place}"></svg>' if block.drawn else ""
        strip = "".join(strip_svg(one, answered) for one in block.strips)
        heading = f"<h2>{escape(block.heading)}</h2>" if block.heading else ""
        said = "".join(lines)
        body = f"{said}{drawing}" if block.drawn else f"{strip}{said}"
        blocks.append(f"<section>{heading}{body}</section>")
    name = escape(_("Name"))
    said_there = escape(_("Answers"))
    answers = f" · {said_there}" if answered else ""
    numbered = f'<b class="number">{number}</b>' if number else ""
    return (
        f'<article data-number="{number}"><header>{numbered}<h1>{escape(sheet.title)}{answers}</h1>'
        f'<p class="name">{name}: <span class="whose"></span></p></header>'
        f"<p>{escape(sheet.about)}</p>{''.join(blocks)}</article>"
    )


def _printed(part: str | Blank | Symbol | Told, number: int, answered: bool) -> str:
    match part:
        case Symbol():
            return part.mathml
        case Told():
            return f"<em>{escape(part.text)}</em>" if answered else ""
        case Blank():
            return _printed_blank(part, number, answered)
        case _:
            return escape(part)


def _printed_blank(blank: Blank, number: int, answered: bool) -> str:
    said = f"<sup>{number}</sup>" if blank.counts else ""
    if blank.options:
        boxes = (
            f"<li>{'☒' if answered and option == blank.answer else '☐'} {escape(option)}</li>"
            for option in blank.options
        )
        return f'{said}<ul class="options">{"".join(boxes)}</ul>'
    kind = "blank" if blank.counts else "blank given"
    return f'{said}<span class="{kind}">{escape(blank.answer) if answered else ""}</span>'


def _key(sheets: Sequence[Sheet], numbers: Sequence[str]) -> str:
    """The answers of all sheets: a row for each, by number and name."""
    most = max(len(sheet.blanks) for sheet in sheets)
    head = "".join(f"<th>{k}</th>" for k in range(1, most + 1))
    rows = []
    for sheet, number in zip(sheets, numbers, strict=True):
        answers = [blank.answer for blank in sheet.blanks]
        cells = "".join(f"<td>{escape(one)}</td>" for one in answers + [""] * (most - len(answers)))
        rows.append(
            f'<tr data-number="{number}"><th>{number} <span class="whose"></span></th>{cells}</tr>'
        )
    title = escape(_("Answers: {title}").format(title=sheets[0].title))
    note = escape(
        _("Computed from the run with all its digits: who rounds on the way may be 0.01 off.")
    )
    return (
        f'<article><h1>{title}</h1><p>{note}</p><table style="--columns: {most}">'
        f"<thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></article>"
    )


# ---- strips --------------------------------------------------------------------------------------

_LEFT, _CELL, _HIGH, _GAP, _WORDS = 52, 38, 30, 7, 66  # in the unit of the SVG


def strip_svg(strip: Strip, answered: bool) -> str:
    """The strips as vectors: a bar from 0 for each number, a frame where one is to be drawn."""
    count = len(strip.words)
    width = _LEFT + _CELL * count + 4
    top = 16
    pieces = [
        _text(_LEFT + _CELL * (k + 0.5), 11, str(strip.first + k), "middle") for k in range(count)
    ]
    for row in strip.rows:
        span = (row.high - row.low) or 1.0
        zero = top + _HIGH * row.high / span
        pieces.append(_text(16, top + _HIGH / 2 + 5, row.label, "middle", "label"))
        edges = f'x1="{_LEFT}" x2="{_LEFT + _CELL * count}"'
        pieces.append(f'<line class="zero" {edges} y1="{zero:.1f}" y2="{zero:.1f}"/>')
        for k, value in enumerate(row.values):
            x = _LEFT + _CELL * k
            frame = "cell asked" if k == strip.blank else "cell"
            pieces.append(
                f'<rect class="{frame}" x="{x}" y="{top}" width="{_CELL}" height="{_HIGH}"/>'
            )
            if k == strip.blank and not answered:
                continue
            end = zero - _HIGH * min(max(value, row.low), row.high) / span
            y, high = min(zero, end), abs(end - zero)
            pieces.append(
                f'<rect class="bar" x="{x + 9}" y="{y:.1f}" width="{_CELL - 18}" '
                f'height="{high:.1f}"><title>{written(value)}</title></rect>'
            )
        ends = f"{row.low:.3g}".replace("-", "−"), f"{row.high:.3g}"
        pieces.append(_text(_LEFT - 6, top + 8, ends[1], "end", "end"))
        pieces.append(_text(_LEFT - 6, top + _HIGH, ends[0], "end", "end"))
        top += _HIGH + _GAP
    for k, word in enumerate(strip.words):
        middle, y = _LEFT + _CELL * (k + 0.5) + 4, top + 8
        short = word if len(word) <= LONGEST_WORD else f"{word[: LONGEST_WORD - 1]}…"
        pieces.append(
            _text(middle, y, short, "end", "word", f' transform="rotate(-50 {middle} {y})"')
        )
    height = top + _WORDS
    return f'<svg class="strip" viewBox="0 0 {width} {height}">{"".join(pieces)}</svg>'


def _text(x: float, y: float, said: str, anchor: str, kind: str = "", more: str = "") -> str:
    where = f'class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}"{more}'
    return f"<text {where}>{escape(said)}</text>"
