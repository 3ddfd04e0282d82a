"""A visitor's own model in a real browser: given, read, refused; nothing else happens."""

import io
import pickle
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, expect
from safetensors.numpy import save
from torch import nn

import lstm_viz as lv
from lstm_viz.run import statistics
from lstm_viz.ui.model.given import EXAMPLE_FILE, example_file
from tests.browser.pages import pixels_scrolled_off, settled
from tests.browser.stage import Stage, box
from tests.serving import Server

TITLE = "Inside your own model"
STILL_THE_EXAMPLE = "Below is still the example."
MARKUP = "a, img, b, em, code, .katex, [style*=color]"
WITHIN = 6e-4  # of a number that is written with three decimals


def state_dict(module: Any, prefix: str = "") -> bytes:
    return save({prefix + name: a.numpy().copy() for name, a in module.state_dict().items()})


def module_of(kind: str, *sizes: int, **options: Any) -> Any:
    torch.manual_seed(4)
    return getattr(nn, kind)(*sizes, **options)


@pytest.fixture
def model_page(server: Server, page: Page) -> Page:
    page.goto(f"{server.url}/model")
    settled(page)
    expect(page.get_by_text("22,784 parameters")).to_be_visible()
    return page


def choose(page: Page, group: str, choice: str) -> None:
    option = page.get_by_role("radiogroup", name=group).get_by_role("radio", name=choice)
    option.click()
    expect(option).to_be_checked()


def give(page: Page, data: bytes, name: str, to: int = 0) -> None:
    inputs = page.locator("input[type=file]")
    expect(inputs).to_have_count(to + 1)
    inputs.nth(to).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def give_model(page: Page, data: bytes, name: str = "model.safetensors") -> None:
    choose(page, "Model", "My own")
    give(page, data, name)


def shows(page: Page, trace: Any, sequence: int, *signals: str) -> None:
    """Waits until the equations show the numbers of the trace."""
    stage, end = Stage(page), time.monotonic() + 60
    while True:
        step, unit = stage.step - 1, stage.unit
        if step < len(trace.x) and unit < trace.h.shape[-1]:
            wanted = [trace[signal][step, sequence, unit] for signal in signals]
            shown = [stage.value(signal) for signal in signals]
            if np.abs(np.subtract(shown, wanted)).max() < WITHIN:
                return
            assert time.monotonic() < end, f"{shown} instead of {wanted}"
        assert time.monotonic() < end, f"step {step} or unit {unit} is not in the trace"
        page.wait_for_timeout(100)


def refusal(page: Page) -> Locator:
    return page.get_by_test_id("stAlert")


def test_before_anything_is_given_the_example_is_computed(model_page):
    expect(model_page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(model_page.locator(".stage .equation").first).to_be_visible()
    expect(model_page.locator(".js-plotly-plot")).to_have_count(4)
    expect(model_page.locator(".coloured-text span").first).to_be_visible()


def test_the_example_can_be_taken_home_and_given_back(model_page):
    with model_page.expect_download() as taken:
        model_page.get_by_role("button", name="This example as a file").click()
    assert taken.value.suggested_filename == EXAMPLE_FILE
    data = Path(taken.value.path()).read_bytes()
    assert data == example_file()
    give_model(model_page, data, "mine.safetensors")
    expect(model_page.get_by_text("mine.safetensors, LSTM")).to_contain_text("22,784 parameters")


def test_the_numbers_are_those_of_the_module(model_page):
    module = module_of("LSTM", 2, 5, num_layers=2, bidirectional=True)
    x = np.random.default_rng(0).normal(size=(9, 3, 2))
    file = io.BytesIO()
    np.save(file, x)
    give_model(model_page, state_dict(module, "reader.lstm."))
    expect(model_page.get_by_text("LSTM, 2 layers, in both directions")).to_be_visible()
    choose(model_page, "What it reads", "A file")
    give(model_page, file.getvalue(), "x.npy", to=1)
    expect(model_page.get_by_text("5 units, 9 steps, 3 sequences")).to_be_visible()
    choose(model_page, "Layer", "2")
    choose(model_page, "Direction", "backward")
    expect(model_page.get_by_text("This direction reads from the end")).to_be_visible()
    number = model_page.get_by_label("Sequence", exact=True)
    number.fill("3")
    number.press("Enter")
    trace = lv.record(module.double(), torch.tensor(x))[1, "backward"]
    shows(model_page, trace, 2, "f", "o", "c", "h")
    said = statistics.saturation(trace, "f")
    expect(
        model_page.get_by_text(f"nearly shut {said.left.mean():.0%} and nearly open").first
    ).to_be_visible()


def test_a_text_is_read_with_the_symbols_that_are_listed(model_page):
    module = module_of("GRU", 3, 4)
    give_model(model_page, state_dict(module))
    expect(model_page.get_by_text("GRU, 1 layer, 4 units")).to_be_visible()
    choose(model_page, "What it reads", "A text")
    text = model_page.get_by_label(re.compile("^The text, at most"))
    text.fill("cabba")
    text.press("Control+Enter")
    expect(model_page.locator(".coloured-text")).to_have_text("cabba")
    x = torch.eye(3, dtype=torch.float64)[[2, 0, 1, 1, 0]][:, None]
    shows(model_page, lv.record(module.double(), x)[0], 0, "z", "h_tilde")
    symbols = model_page.get_by_label(re.compile("^Its 3 symbols in their order"))
    symbols.fill("bca")
    symbols.press("Enter")
    shows(model_page, lv.record(module, x[:, :, [1, 2, 0]])[0], 0, "z", "h_tilde")


def test_a_csv_column_and_typed_numbers_are_read(model_page):
    give_model(model_page, state_dict(module_of("LSTM", 1, 3)))
    expect(model_page.get_by_text("LSTM, 1 layer, 3 units")).to_be_visible()
    choose(model_page, "What it reads", "A file")
    table = b"hour,load\n" + b"".join(b"%d,%d\n" % (t, 9 - t) for t in range(8))
    give(model_page, table, "x.csv", to=1)
    expect(model_page.get_by_text("3 units, 8 steps, 1 sequence.")).to_be_visible()
    expect(model_page.locator('.stage .token[aria-current="step"]')).to_be_visible()
    expect(model_page.locator(".stage .token-text").nth(1)).to_have_text("9")
    choose(model_page, "What it reads", "Typed numbers")
    numbers = model_page.get_by_label("1 number a line, a line a step")
    numbers.fill("0.5 -1 2")
    numbers.press("Control+Enter")
    expect(model_page.get_by_text("3 units, 3 steps, 1 sequence.")).to_be_visible()


def test_a_row_of_the_table_colours_the_text_and_a_class_of_symbols_is_one_more(model_page):
    text = model_page.locator(".coloured-text")
    text.scroll_into_view_if_needed()
    before = text.get_attribute("aria-label") or ""
    table = box(model_page.get_by_test_id("stDataFrame"))
    model_page.mouse.click(table["x"] + 18, table["y"] + 35 * 2.5)  # the box before the second row
    expect(text).not_to_have_attribute("aria-label", before)
    symbols = model_page.get_by_label("Symbols of your own, as another feature")
    symbols.fill("e")
    symbols.press("Enter")
    rows = model_page.get_by_test_id("stDataFrame")
    expect(rows.get_by_text("e", exact=True)).to_be_attached()


# ---- what is refused -----------------------------------------------------------------------------


class Runs:
    """Pickled, it asks for a file to be made."""

    def __init__(self, file: Path):
        self.file = file

    def __reduce__(self) -> Any:
        return (Path.touch, (self.file,))


def test_a_pt_file_is_not_opened_and_the_page_says_how_to_convert_it(model_page, tmp_path):
    trap = tmp_path / "it ran"
    give_model(model_page, pickle.dumps(Runs(trap)), "model.pt")
    expect(refusal(model_page)).to_contain_text("This looks like a .pt file")
    code = model_page.get_by_test_id("stCode").filter(has_text="save_file({name: value.float()")
    expect(code).to_be_visible()
    expect(model_page.get_by_text(STILL_THE_EXAMPLE)).to_be_visible()
    expect(model_page.locator(".stage .equation").first).to_be_visible()
    assert not trap.exists()


def test_a_broken_file_leaves_the_model_that_was_given_before(model_page):
    give_model(model_page, state_dict(module_of("LSTM", 2, 7)), "good.safetensors")
    expect(model_page.get_by_text("good.safetensors, LSTM, 1 layer, 7 units")).to_be_visible()
    give(model_page, b"nothing at all", "bad.safetensors")
    expect(refusal(model_page)).to_contain_text("This file cannot be read")
    expect(model_page.get_by_text("Below is still good.safetensors.")).to_be_visible()
    expect(model_page.get_by_text("good.safetensors, LSTM, 1 layer, 7 units")).to_be_visible()


NASTY = ("![x](http://else.where/y.png)", "<b>z</b> `y` *x* $w$ :red[v] a@b.de", "www.else.where")
REFUSED = {
    "a cut file": (state_dict(module_of("LSTM", 2, 3))[:-9], "do not fill the file"),
    "markup for names": (save({name: np.zeros(1) for name in NASTY}), ":red[v]"),
}


def test_a_broken_file_gets_a_sentence_and_the_example_stays(model_page):
    choose(model_page, "Model", "My own")
    for name, (data, words) in REFUSED.items():
        give(model_page, data, f"{name}.safetensors")
        expect(refusal(model_page)).to_contain_text(words)
        assert refusal(model_page).locator(MARKUP).count() == 0
        expect(model_page.get_by_text(STILL_THE_EXAMPLE)).to_be_visible()
        expect(model_page.get_by_text("22,784 parameters")).to_be_visible()


BROKEN_SEQUENCES = [
    ("x.npy", b"\x93NUMPY nothing", "no NPY file"),
    (
        "x.csv",
        b"1" + b",1" * 23 + b"\n1" + b",<img src=x>" * 23 + b"\n",
        "There is a gap at step 2",
    ),
    ("x.txt", "Ünknown".encode(), "does not know"),
]


def test_a_broken_sequence_gets_a_sentence_and_what_was_read_stays(model_page):
    choose(model_page, "What it reads", "A file")
    for name, data, words in BROKEN_SEQUENCES:
        give(model_page, data, name)
        expect(refusal(model_page)).to_contain_text(words)
        assert refusal(model_page).locator(MARKUP).count() == 0
        expect(model_page.get_by_text("Below, the model reads the example text.")).to_be_visible()
        expect(model_page.locator(".stage .equation").first).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_long_text_in_a_wide_model_still_fits_the_window(width, server, visit):
    visited: Callable[..., Page] = visit
    page = visited(viewport={"width": width, "height": 900}, color_scheme="dark")
    page.goto(f"{server.url}/model")
    settled(page)
    give_model(page, state_dict(module_of("LSTM", 4, 200)), "a" * 200 + ".safetensors")
    expect(page.get_by_text("200 units, 60 steps, 8 sequences")).to_be_visible()
    assert pixels_scrolled_off(page) == 0
