"""A visitor's own model in a real browser: given, read, refused; nothing else happens."""

import io
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect
from safetensors.numpy import save
from torch import nn

import lstm_viz as lv
from lstm_viz import statistics
from lstm_viz.ui.model_given import EXAMPLE_FILE, example_file
from tests.browser.pages import pixels_scrolled_off, settled
from tests.serving import Server

TITLE = "What happens inside your own LSTM?"


def state_dict(module: Any, prefix: str = "") -> bytes:
    return save({prefix + name: a.numpy().copy() for name, a in module.state_dict().items()})


def module_of(kind: str, *sizes: int, **options: Any) -> Any:
    torch.manual_seed(4)
    return getattr(nn, kind)(*sizes, **options)


@pytest.fixture
def model_page(server: Server, page: Page) -> Page:
    page.goto(f"{server.url}/model")
    return settled(page)


def choose(page: Page, group: str, choice: str) -> None:
    page.get_by_role("radiogroup", name=group).get_by_text(choice, exact=True).click()
    settled(page)


def give(page: Page, data: bytes, name: str = "model.safetensors", to: int = 0) -> None:
    page.locator("input[type=file]").nth(to).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def give_model(page: Page, data: bytes, name: str = "model.safetensors") -> None:
    choose(page, "Model", "My own")
    give(page, data, name)


def value(page: Page, key: str) -> float:
    """What the equations show for this signal."""
    text = page.locator(f'.equation-value[data-key="{key}"]').inner_text()
    return float(text.replace("−", "-"))


def at(page: Page) -> tuple[int, int]:
    """The step and the unit on the stage, counted from 0."""
    stage = page.locator(".stage").first
    step, unit = stage.get_attribute("data-step"), stage.get_attribute("data-unit")
    return int(step or 0) - 1, int(unit or 0)


def test_before_anything_is_given_the_example_is_computed(model_page):
    expect(model_page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(model_page.locator(".stage .equation").first).to_be_visible()
    expect(model_page.locator(".js-plotly-plot")).to_have_count(4)
    expect(model_page.locator(".coloured-text span").first).to_be_visible()
    expect(model_page.get_by_text("22,784 parameters")).to_be_visible()


def test_the_example_can_be_taken_home_and_given_back(model_page):
    with model_page.expect_download() as taken:
        model_page.get_by_role("button", name="This example as a file").click()
    assert taken.value.suggested_filename == EXAMPLE_FILE
    data = Path(taken.value.path()).read_bytes()
    assert data == example_file()
    give_model(model_page, data, "mine.safetensors")
    expect(model_page.get_by_text("mine.safetensors, LSTM")).to_be_visible()
    expect(model_page.get_by_text("22,784 parameters")).to_be_visible()


def test_the_numbers_are_those_of_the_module(model_page):
    module = module_of("LSTM", 2, 5, num_layers=2, bidirectional=True)
    x = np.random.default_rng(0).normal(size=(9, 3, 2))
    file = io.BytesIO()
    np.save(file, x)
    give_model(model_page, state_dict(module, "reader.lstm."))
    expect(model_page.get_by_text(re.compile("LSTM, 2 layers, in both directions"))).to_be_visible()
    choose(model_page, "What it reads", "A file")
    give(model_page, file.getvalue(), "x.npy", to=1)
    expect(model_page.get_by_text("5 units, 9 steps, 3 sequences")).to_be_visible()
    choose(model_page, "Layer", "2")
    choose(model_page, "Direction", "backward")
    model_page.get_by_label("Sequence", exact=True).fill("3")
    model_page.keyboard.press("Enter")
    settled(model_page)
    expect(model_page.locator(".stage .equation").first).to_be_visible()
    trace = lv.record(module.double(), torch.tensor(x))[1, "backward"]
    for key in ("f", "o", "c", "h"):
        step, unit = at(model_page)
        assert value(model_page, key) == pytest.approx(trace[key][step, 2, unit], abs=6e-4)
    said = statistics.saturation(trace, "f")
    expect(
        model_page.get_by_text(f"nearly shut {said.left.mean():.0%} and nearly open").first
    ).to_be_visible()


def test_a_text_is_read_with_the_symbols_that_are_listed(model_page):
    module = module_of("GRU", 3, 4)
    give_model(model_page, state_dict(module))
    expect(model_page.get_by_text("GRU, 1 layer, 4 units")).to_be_visible()
    choose(model_page, "What it reads", "A text")
    model_page.get_by_label(re.compile("Its 3 symbols in their order")).fill("abc")
    model_page.keyboard.press("Enter")
    settled(model_page)
    text = model_page.get_by_label(re.compile("^The text, at most"))
    text.fill("cabba")
    text.press("Control+Enter")
    settled(model_page)
    expect(model_page.locator(".coloured-text")).to_have_text("cabba")
    x = torch.eye(3, dtype=torch.float64)[[2, 0, 1, 1, 0]][:, None]
    trace = lv.record(module.double(), x)[0]
    step, unit = at(model_page)
    assert value(model_page, "z") == pytest.approx(trace.z[step, 0, unit], abs=6e-4)


def test_a_csv_column_and_typed_numbers_are_read(model_page):
    give_model(model_page, state_dict(module_of("LSTM", 1, 3)))
    choose(model_page, "What it reads", "A file")
    give(
        model_page, b"hour,load\n" + b"".join(b"%d,%d\n" % (t, 9 - t) for t in range(8)), "x.csv", 1
    )
    expect(model_page.get_by_text("3 units, 8 steps, 1 sequence.")).to_be_visible()
    choose(model_page, "What it reads", "Typed numbers")
    numbers = model_page.get_by_label("1 numbers a line, a line a step")
    numbers.fill("0.5 -1 2")
    numbers.press("Control+Enter")
    expect(model_page.get_by_text("3 units, 3 steps, 1 sequence.")).to_be_visible()


def test_a_row_of_the_table_puts_its_unit_into_the_text(model_page):
    model_page.locator(".coloured-text").scroll_into_view_if_needed()
    before = model_page.locator(".coloured-text").get_attribute("aria-label")
    table = model_page.get_by_test_id("stDataFrame")
    box = table.bounding_box()
    assert box is not None
    model_page.mouse.click(box["x"] + 18, box["y"] + 35 * 2.5)  # the box before the second row
    settled(model_page)
    expect(model_page.locator(".coloured-text")).not_to_have_attribute("aria-label", before or "")


def test_a_class_of_symbols_of_ones_own_is_one_more_feature(model_page):
    model_page.get_by_label("Symbols of your own, as another feature").fill("e")
    model_page.keyboard.press("Enter")
    settled(model_page)
    expect(model_page.get_by_test_id("stDataFrame").get_by_text("e", exact=True)).to_be_attached()


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
    alert = model_page.get_by_role("alert")
    expect(alert).to_contain_text("This looks like a .pt file")
    expect(model_page.get_by_test_id("stCode")).to_contain_text("save_file({name: weight.float()")
    expect(model_page.get_by_text("Below is still the example.")).to_be_visible()
    expect(model_page.locator(".stage .equation").first).to_be_visible()
    assert not trap.exists()


REFUSED = {
    "a cut file": (state_dict(module_of("LSTM", 2, 3))[:-9], "do not fill the file"),
    "not a number": (
        save({"weight_ih_l0": np.full((4, 1), np.nan), "weight_hh_l0": np.zeros((4, 1))}),
        "not finite",
    ),
    "another shape": (
        save({"weight_ih_l0": np.zeros((4, 1)), "weight_hh_l0": np.zeros((5, 1))}),
        "(5, 1)",
    ),
    "a header without end": ((2**63).to_bytes(8, "little") + b"{", "cut short"),
    "a picture for a name": (
        save({"![x](http://elsewhere.example/y.png) <b>z</b>": np.zeros(1)}),
        "![x](http:",
    ),
}


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED)
def test_a_broken_file_gets_a_sentence_and_the_example_stays(data, words, model_page):
    give_model(model_page, data)
    alert = model_page.get_by_role("alert")
    expect(alert).to_contain_text(words)
    assert alert.locator("a, img, b").count() == 0
    expect(model_page.get_by_text("Below is still the example.")).to_be_visible()
    expect(model_page.get_by_text("22,784 parameters")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("x.npy", b"\x93NUMPY nothing", "no NPY file"),
        ("x.csv", b"1,2\n3\n", "Line 2 has 1 columns"),
        ("x.csv", b"1\n<img src=x>\n", "Line 2 has '<img src=x>'"),
        ("x.txt", b"\xff\xfe", "no text in UTF-8"),
        ("x.txt", "Ünknown".encode(), "does not know"),
    ],
)
def test_a_broken_sequence_gets_a_sentence(name, data, words, model_page):
    choose(model_page, "What it reads", "A file")
    give(model_page, data, name)
    expect(model_page.get_by_role("alert")).to_contain_text(words)
    expect(model_page.get_by_text("the model reads random numbers instead")).to_be_visible()
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
