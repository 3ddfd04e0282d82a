"""What is taken away from the stage works on its own and holds the same numbers."""

import csv
import io
import json
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from lstm_viz.networks.network import load
from lstm_viz.tasks import TASKS
from tests.browser.pages import pixels_scrolled_off
from tests.browser.stage import Stage, open_stage

EXAMPLE = next(iter(TASKS["subject"].examples.values()))


@pytest.fixture
def trace():
    return load("subject", "lstm").read(EXAMPLE)[0]


@pytest.fixture
def take_away(server, visit, tmp_path):
    """A function that presses the button of this name and returns the file."""

    def file(name, **context):
        page = visit(viewport={"width": 1280, "height": 900}, accept_downloads=True, **context)
        open_stage(page, server.url, t=9, unit=2)
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path

    return file


def test_the_offline_page_is_the_same_stage_from_a_file(take_away, trace, visit):
    path = take_away("offline (HTML)")
    assert path.stat().st_size < 600_000
    page = visit(viewport={"width": 1280, "height": 900}, offline=True)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    stage = Stage(page)
    stage.go(12)
    stage.choose(3)
    for signal in trace.cell.signals:
        assert stage.value(signal) == pytest.approx(trace[signal][11, 0, 3], abs=5.1e-4)
    stage.find('.equation[data-signal="c"] .equation-line [data-key="f"]').hover()
    expect(stage.find('.scene .part.lit[data-key="f"]').first).to_be_attached()
    assert asked == [path.as_uri()]
    assert pixels_scrolled_off(page) == 0


def test_the_offline_page_holds_its_step_in_the_address_too(take_away, visit):
    path = take_away("offline (HTML)")
    page = visit(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    page.goto(f"{path.as_uri()}?t=5&unit=4")
    stage = Stage(page)
    stage.at(5)
    assert stage.unit == 4
    page.keyboard.press("ArrowRight")
    stage.says("t", 6)
    background = stage.root.evaluate("node => getComputedStyle(node).backgroundColor")
    assert background == "rgb(17, 22, 29)"


def test_the_picture_is_the_stage_at_twice_its_size(take_away):
    path = take_away("Picture of this step")
    assert path.name == "subject-lstm-t9-unit2.png"
    with Image.open(path) as picture:
        assert picture.width > 2000
        colours = np.unique(np.asarray(picture.convert("RGB").convert("RGBA")).view(np.uint32))
        assert len(colours) > 500
        bottom = picture.convert("L").crop((0, picture.height - 140, picture.width, picture.height))
        assert np.asarray(bottom).min() < 200, "nothing is cut off below"


@pytest.fixture
def save(server, visit, tmp_path):
    """A function that presses this of the stage's own buttons and returns the file."""

    def file(name):
        page = visit(viewport={"width": 1280, "height": 900}, accept_downloads=True)
        stage = open_stage(page, server.url, t=9, unit=2)
        stage.find('.tool[data-icon="picture"]').click()
        with page.expect_download(timeout=90_000) as download:
            stage.button(name).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path

    return file


def test_the_drawing_alone_is_vectors_that_say_what_they_are_and_where_they_are_from(save):
    root = ElementTree.fromstring(save("Save the drawing as SVG").read_text("utf-8"))
    svg = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{svg}svg"
    said = " ".join(root.itertext())
    assert "LSTM, unit 2 at t = 9" in root.findtext(f"{svg}title", "")
    drawn = "".join(text.text or "" for text in root.findall(f"{svg}text"))
    finding = root.findtext(f"{svg}desc", "")
    assert "".join(finding.split()) in "".join(drawn.split())  # and not only for who hears it
    assert len(finding) > 100
    assert "Source: LSTM Viz" in said
    assert "click" not in said
    assert len([path for path in root.iter(f"{svg}path") if path.get("class") == "strand"]) > 0
    assert not list(root.iter(f"{svg}image"))


def test_a_film_of_the_next_steps_is_recorded_by_the_browser(save):
    path = save("Save a film of the next steps")
    assert path.suffix in (".webm", ".mp4")
    film = path.read_bytes()
    assert len(film) > 20_000
    assert film.startswith(bytes.fromhex("1a45dfa3")) or film[4:8] == b"ftyp"


def test_the_table_has_every_number(take_away, trace):
    rows = list(csv.DictReader(io.StringIO(take_away("table (CSV)").read_text("utf-8"))))
    assert len(rows) == trace.h.size
    for row in rows:
        at = int(row["step"]) - 1, 0, int(row["unit"])
        assert all(float(row[signal]) == trace[signal][at] for signal in trace.cell.signals)


def test_the_arrays_have_every_number(take_away, trace):
    with np.load(take_away("arrays (NPZ)"), allow_pickle=False) as file:
        for signal in trace.cell.signals:
            np.testing.assert_array_equal(file[signal], trace[signal])


def test_the_program_runs_alone_and_prints_the_same_h(take_away, trace):
    program = take_away("run in NumPy")
    answer = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, cwd=program.parent, check=True
    )
    printed = [json.loads(line.split(" ", 1)[1]) for line in answer.stdout.splitlines()]
    np.testing.assert_allclose(printed, trace.h, rtol=1e-12, atol=1e-14)
