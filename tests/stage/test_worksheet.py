"""A worksheet: what is printed on it can be worked out from what is printed on it."""

import math
import re

import pytest

from lstm_viz.networks.network import load
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.payload_types import StagePayload
from lstm_viz.stage.sheets import words
from lstm_viz.stage.tokens import read_tokens
from lstm_viz.stage.worksheet import (
    Blank,
    Row,
    Sheet,
    Strip,
    Symbol,
    strip_svg,
    view_sheet,
    worksheet_file,
)
from tests.node import BROWSER
from tests.payloads import stages

FUNCTIONS = {"σ": lambda a: 1 / (1 + math.exp(-a)), "tanh": math.tanh}
SUM = re.compile(r"[-\d.]+(?: [-+] [\d.]+)*")


def reading(task: str, cell: str) -> StagePayload:
    network = load(task, cell)
    sequence = next(iter(network.task.examples.values()))
    recording = network.read(sequence)
    tokens = read_tokens(network, recording, sequence)
    return stage_payload(ShownRun(recording[0], tokens, task=network.task.title))


STAGES = list(stages())
SUBJECT = reading("subject", "lstm")


def lines_of(sheet: Sheet) -> list[str]:
    """The lines of the step by hand as they are printed with their answers."""
    return [
        "".join(part.answer if isinstance(part, Blank) else str(part) for part in line[1:])
        for line in sheet.blocks[1].lines
        if isinstance(line[0], Symbol)
    ]


def worked_out(text: str) -> float:
    """A side of a printed line as a pocket calculator has it."""
    plain = text.replace("−", "-").replace(" · ", " * ").replace("^", "**")
    assert re.fullmatch(r"[-+*/\d.()σtanh, ]+", plain), plain
    return float(eval(plain, {"__builtins__": {}}, FUNCTIONS))


@pytest.mark.parametrize("cell", ["lstm", "peephole", "coupled", "gru", "rnn"])
@pytest.mark.parametrize(("t", "unit"), [(1, 0), (9, 5), (13, 3)])
def test_both_sides_of_every_printed_line_are_the_same_number(cell, t, unit):
    payload = SUBJECT if cell == "lstm" else reading("subject", cell)
    for line in lines_of(view_sheet(payload, t, unit)):
        *sides, result = line.strip().removeprefix("= ").split(" = ")
        for side in sides:
            # Each number on it has been rounded to three decimals.
            assert worked_out(side) == pytest.approx(worked_out(result), abs=0.012), line


def test_what_is_read_off_the_strips_is_read_off_the_run():
    """Of unit 3 at “Tom”: f is lowest and c moves most where the subject changes."""
    sheet = view_sheet(SUBJECT, 13, 3)
    assert [blank.answer for blank in sheet.blanks][-3:-1] == ["14", "14"]


@pytest.mark.parametrize(
    "payload", [pytest.param(payload, id=of) for of, payload in STAGES if payload["values"]]
)
def test_every_view_with_a_stage_has_a_sheet(payload):
    sheet = view_sheet(payload, 2, 0)
    page = worksheet_file([sheet], "en")
    assert all(blank.answer for blank in sheet.blanks)
    assert page.count('class="blank"') == 2 * len(sheet.blanks)


def test_a_view_whose_numbers_move_says_that_it_has_none():
    moving = next(payload for _of, payload in STAGES if not payload["values"])
    with pytest.raises(ValueError, match="no sheet"):
        view_sheet(moving, 0, 0)


def test_no_answer_is_on_the_sheet_and_all_are_in_the_key():
    sheets = [view_sheet(SUBJECT, t, 3) for t in (8, 13)]
    page = worksheet_file(sheets, "en")
    pages, rest = page.split('<div class="key">')
    key, answers = rest.split('<div class="answers">')
    assert not re.search(r'class="blank[^"]*">[^<]', pages)
    for sheet in sheets:
        for blank in sheet.blanks:
            assert f"<td>{blank.answer}</td>" in key
            assert f">{blank.answer}</span>" in answers
    assert key.count("<tr data-number") == 2


def test_a_bar_is_as_long_as_its_number_and_none_where_one_is_to_be_drawn():
    strip = Strip((Row("c", (0.5, -1.0, 1.0), -2.0, 2.0),), ("a", "b", "c"), 4, blank=1)
    heights = [
        float(one) for one in re.findall(r'class="bar".*?height="([\d.]+)"', strip_svg(strip, True))
    ]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.11)  # to a tenth of a point
    assert heights[2] == heights[1]
    assert strip_svg(strip, False).count('class="bar"') == 2


def test_what_a_stranger_typed_is_only_text():
    tokens = [{**token, "text": "</script><b>"} for token in SUBJECT["tokens"]]
    payload: StagePayload = {**SUBJECT, "tokens": tokens}  # type: ignore[typeddict-item]
    page = worksheet_file([view_sheet(payload, 1, 0)], "en")
    assert "<b>" not in page
    assert page.count("</script>") == 2


def test_the_file_asks_nobody_for_anything():
    page = worksheet_file([view_sheet(SUBJECT, 3, 0)], "en")
    asked = set(re.findall(r"https?://[\w./]+", page))
    assert {one for one in asked if not one.startswith("http://www.w3.org/")} == set()
    assert not re.search(r"<link|<script[^>]+src|@import|url\(", page)


def test_every_word_is_said_and_none_is_missing():
    script = (BROWSER / "entries" / "sheets.js").read_text("utf-8")
    found = re.search(r"const \{ (.+) \} = words;", script)
    assert found is not None
    assert {one.split(":")[0] for one in found[1].split(", ")} == set(words())
