"""The page that measures how far the gradient reaches, in a real browser."""

import re
import time
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.cells.marks import mark_of
from lstm_viz.gradients.connectivity import connectivity, strongest
from lstm_viz.gradients.decay import Start
from lstm_viz.gradients.losses import last_answer
from lstm_viz.networks.network import load
from lstm_viz.tasks import TASKS
from lstm_viz.training.runs import jobs
from lstm_viz.training.runs import run as find_run
from lstm_viz.training.settings import checked_settings, usual
from lstm_viz.words.decay import share
from tests.agreement import assert_equal
from tests.browser.pages import settled
from tests.serving import Server

SENTENCE = next(iter(TASKS["subject"].examples.values()))


@pytest.fixture
def gradients(server: Server, page: Page) -> Callable[..., Page]:
    """The page, opened at an address; untrained cells, where it does not say what else."""

    def opened(query: str = "", on: Page = page) -> Page:
        query = query if "weights=" in query else f"weights=untrained&{query}"
        on.goto(f"{server.url}/gradients?{query}")
        return settled(on, seconds=60)

    return opened


def drawn(page: Page, figure: str, line: str) -> np.ndarray:
    """The heights of a line of one of the page's figures, as Plotly has them."""
    holder = page.locator(f".st-key-figure-{figure} .js-plotly-plot").last
    expect(holder).to_be_visible()
    found = holder.evaluate(
        """(plot, name) => {
             const trace = plot._fullData.find((one) => one.name === name);
             return trace && Array.from(trace.y);
           }""",
        line,
    )
    assert found is not None, f"no line {line}"
    return np.array(found, float)


def eventually(page: Page, seen: Callable[[], bool]) -> bool:
    """Whether it is so within some seconds: a figure follows the words around it."""
    for _ in range(600):
        if seen():
            return True
        page.wait_for_timeout(100)
    return False


def expected(cell: str, start: Start) -> np.ndarray:
    """log10 of what is left of the memory's gradient k steps back, from gradient_flow itself."""
    flow = lv.gradient_flow(start.trace(CELLS[cell]))
    logs = flow.log10_norm(CELLS[cell].memory or "h", total=True)[::-1]
    return (logs - logs[0]).mean(axis=1)


def test_every_point_on_the_screen_is_gradient_flows(gradients):
    page = gradients("bias=1&steps=40&units=16")
    start = Start(forget_bias=1.0, steps=40, hidden=16)
    for cell in ("rnn", "lstm", "gru"):
        assert_equal(drawn(page, "decay", CELLS[cell].title), expected(cell, start), within=1e-6)


def test_the_table_has_the_numbers_in_words(gradients):
    page = gradients()
    page.get_by_text("The numbers").click()
    row = page.get_by_role("row").filter(has_text="Plain RNN")
    flow = lv.gradient_flow(Start().trace(CELLS["rnn"]))
    left = 10 ** (flow.log10_norm("h")[-21] - flow.log10_norm("h")[-1]).mean()
    mantissa = f"{left:.1e}".split("e")[0]
    expect(row).to_contain_text(f"{mantissa}·10⁻⁶")


def test_a_named_start_moves_the_controls_the_address_and_the_curves(gradients):
    page = gradients()
    expect(page.get_by_text("An untrained LSTM has a short memory as well")).to_be_visible()
    page.get_by_role("button", name="Forget bias 5").click()
    expect(page.get_by_text("The gradient of an LSTM can grow")).to_be_visible()
    expect(page).to_have_url(re.compile(r"bias=5"))
    expect(page.get_by_text("Found before: An untrained LSTM")).to_be_visible()
    assert eventually(page, lambda: drawn(page, "decay", "LSTM")[-1] > 0)
    page.get_by_role("button", name="PyTorch’s default").click()
    expect(page).not_to_have_url(re.compile(r"bias="))


def test_a_slider_gives_new_curves(gradients):
    page = gradients()
    before = drawn(page, "decay", "LSTM")
    page.get_by_role("slider", name="Forget bias").press("End")
    expect(page).to_have_url(re.compile(r"bias=6"))
    settled(page)
    expect(page.get_by_text(re.compile(r"20 steps back: .*LSTM \d"))).to_be_visible()
    assert eventually(page, lambda: drawn(page, "decay", "LSTM")[20] > before[20] + 2)


def test_a_link_repeats_everything_that_was_chosen(gradients):
    page = gradients("cells=janet&cells=gru&follow=loss_x&start=chrono&steps=30&cut=direct")
    assert len(drawn(page, "decay", "JANET")) == 30
    expect(page.get_by_role("radio", name="loss by input")).to_be_checked()
    expect(page.get_by_text(re.compile("Cut: direct"))).to_be_visible()
    assert "cells=janet" in page.url
    assert "follow=loss_x" in page.url


def test_nonsense_in_a_link_is_passed_over(gradients):
    page = gradients("cells=perceptron&follow=x&start=y&scale=1e9&steps=-3&units=9999&cut=q")
    assert len(drawn(page, "decay", "LSTM")) == Start().steps


def test_cutting_a_path_shows_what_it_carried(gradients):
    page = gradients("bias=1")
    page.get_by_role("button", name="c̃: candidate").click()
    expect(page.get_by_text(re.compile("Cut: c̃: candidate"))).to_be_visible()
    trace = Start(forget_bias=1.0).trace(CELLS["lstm"])
    logs = lv.gradient_flow(trace, cut=("c_tilde",)).log10_norm("c", total=True)[::-1]
    assert_equal(
        drawn(page, "cut", "LSTM, with the cut"), (logs - logs[0]).mean(axis=1), within=1e-6
    )


def test_the_classical_bounds_come_with_what_they_mean(gradients):
    page = gradients()
    page.get_by_text("Classical bounds of the RNN").click()
    expect(page.get_by_text(re.compile("necessary to explode, and not sufficient"))).to_be_visible()
    name = "spectral radius to the power of the distance"
    U = Start().weights(CELLS["rnn"])["U_h"]
    radius = abs(np.linalg.eigvals(U)).max()
    assert drawn(page, "decay", name)[10] == pytest.approx(10 * np.log10(radius), abs=1e-6)


def test_without_a_memory_there_is_one_path(gradients):
    page = gradients("cells=rnn")
    expect(page.get_by_text("the plain RNN has one path only")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_cell_has_its_colour_on_both_kinds_of_page(scheme, gradients, visit):
    page = gradients(on=visit(viewport={"width": 1280, "height": 900}, color_scheme=scheme))
    holder = page.locator(".st-key-figure-decay .js-plotly-plot").last
    expect(holder).to_be_visible()
    colour = holder.evaluate("plot => plot._fullData.find((t) => t.name === 'LSTM').line.color")
    assert colour == getattr(mark_of(CELLS["lstm"]).colour, scheme)


# ---- trained networks ---------------------------------------------------------------------------


def line_of(page: Page, cell: str) -> Locator:
    """The text in this cell's colours; the chip with which the cell is chosen has its name too."""
    return page.locator(".connections").get_by_label(cell, exact=True)


def words(page: Page, cell: str) -> list[Locator]:
    line = line_of(page, cell).get_by_role("button")
    expect(line).to_have_count(len(SENTENCE))
    return line.all()


def strengths(page: Page, cell: str) -> list[float]:
    """How deep each word's colour is, from 0 to 1."""
    found = []
    for word in words(page, cell):
        colour = word.evaluate("word => word.style.backgroundColor")
        amount = re.search(r"([\d.]+)%", colour)  # a half is what browsers leave out
        found.append(float(amount.group(1)) / 50 if amount else float("mix" in colour))
    return found


def test_the_words_on_which_a_prediction_depends_are_coloured(gradients):
    matrix = connectivity(load("subject", "lstm"), SENTENCE)
    step = len(SENTENCE) - 6
    page = gradients(f"weights=trained&learnt=subject&at={step + 1}")
    ours = matrix[step] / matrix[step].max()
    expect(line_of(page, "LSTM")).to_be_visible()
    assert_equal(strengths(page, "LSTM")[: step + 1], ours[: step + 1], within=0.01)
    strongest_word = SENTENCE[strongest(matrix, step)]
    expect(page.get_by_text(f"To predict “{SENTENCE[step + 1]}”")).to_contain_text(strongest_word)


def test_pointing_asks_and_clicking_keeps_asking(gradients):
    page = gradients("weights=trained&learnt=subject&cells=lstm&follow=loss_x")
    asked = words(page, "LSTM")[5]
    asked.hover()
    expect(asked).to_have_class(re.compile("asked"))
    page.get_by_role("heading", level=1).hover()
    expect(asked).not_to_have_class(re.compile("asked"))
    asked.click()
    expect(page.get_by_text(f"To predict “{SENTENCE[5]}”")).to_be_visible()
    expect(page).to_have_url(re.compile(r"at=5"))
    assert eventually(page, lambda: len(drawn(page, "decay", "LSTM")) == 5)
    asked.press("ArrowRight")
    expect(page.get_by_text(f"To predict “{SENTENCE[6]}”")).to_be_visible()


def test_a_link_asks_the_same_prediction(gradients):
    page = gradients("weights=trained&learnt=subject&at=7")
    expect(page.get_by_text(f"To predict “{SENTENCE[7]}”")).to_be_visible()
    expect(words(page, "GRU")[7]).to_have_class(re.compile("asked"))


def test_it_opens_where_the_trained_lstm_carries_and_the_rnn_does_not(gradients):
    page = gradients("weights=trained")
    lstm, rnn = (drawn(page, "decay", line) for line in ("LSTM", "Plain RNN"))
    assert lstm[-1] > -1.5  # powers of ten
    assert rnn[-1] < -4


# ---- the unrolled network -----------------------------------------------------------------------


def left_at(page: Page, title: str) -> Locator:
    """What is said to be left at the cursor, beside the name of a network."""
    row = page.locator(".unrolled-network").filter(has_text=title)
    return row.locator(".unrolled-now")


def test_the_unrolled_network_says_and_draws_what_is_left_at_the_cursor(gradients):
    page = gradients("bias=3&steps=40&t=33")
    start = Start(forget_bias=3.0, steps=40)
    flow = lv.gradient_flow(start.trace(CELLS["lstm"]))
    logs = flow.log10_norm("c", total=True)
    back = {n: 100 * 10 ** (logs[-1 - n] - logs[-1]).mean() for n in (7, 8)}
    expect(left_at(page, "LSTM")).to_contain_text(f"7 steps back: {back[7]:.0f}% on c")
    page.keyboard.press("ArrowRight")  # it is not seen yet: the keys are the page's
    expect(page).to_have_url(re.compile(r"t=33"))
    page.locator(".walk-board").scroll_into_view_if_needed()
    page.keyboard.press("ArrowRight")
    expect(left_at(page, "LSTM")).to_contain_text(f"8 steps back: {back[8]:.0f}% on c")
    expect(left_at(page, "GRU")).to_contain_text("8 steps back")
    expect(page).to_have_url(re.compile(r"t=32"))
    lane = page.locator(".unrolled-network").filter(has_text="LSTM").locator("path.through").first
    edges = re.findall(r"([\d.]+) ([\d.]+)", lane.get_attribute("d") or "")
    upper, lower = ([float(y) for _, y in side] for side in (edges[:40], edges[:39:-1]))
    widths = np.array(lower) - np.array(upper)
    assert_equal(widths / widths[-1], 10 ** (logs - logs[-1]).mean(axis=1), within=0.01)


def test_the_unrolled_network_plays_back_to_the_first_step(gradients):
    page = gradients("steps=10&cells=lstm")
    page.get_by_label("Speed ([ and ])").select_option("8")
    page.get_by_role("button", name="Play (space)").click()
    expect(left_at(page, "LSTM")).to_contain_text("9 steps back")
    expect(page.get_by_role("button", name="Play (space)")).to_be_visible()


# ---- training runs ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained_pair(server: Server) -> str:
    """The address of two short runs that differ in nothing but their cell."""
    client = jobs()
    asked = [usual("order", cell) | {"size": 10, "steps": 12} for cell in ("rnn", "lstm")]
    names = [client.submit(checked_settings(settings), "a test") for settings in asked]
    end = time.monotonic() + 200
    while any((job := client.look(name)) and job.state.is_alive for name in names):
        assert time.monotonic() < end, "the runs take too long"
        time.sleep(0.2)
    client.close()  # the app's own client takes over
    return ",".join(names)


def left_in(job: str, step: int) -> str:
    """What is left of the memory's gradient at the lag of a run, in words."""
    run = find_run(job)
    assert run is not None
    assert run.task.lag is not None
    flow = lv.gradient_flow(last_answer(run.network(step))[0])
    logs = flow.log10_norm(flow.trace.cell.memory or "h", total=True)
    return share(float((logs[-1 - run.task.lag] - logs[-1]).mean()))


def test_from_a_run_one_comes_to_its_gradients_at_any_moment(server, page, trained_pair):
    rnn, lstm = trained_pair.split(",")
    page.goto(f"{server.url}/train?runs={trained_pair}")
    link = page.get_by_role("link", name="How far does their gradient reach?")
    expect(link).to_be_visible()
    page.goto(f"{server.url}/{link.get_attribute('href')}")
    caption = page.get_by_text(re.compile("Plain RNN: 7 steps back"))
    expect(caption).to_contain_text(f"{left_in(rnn, 0)} of its gradient is left at the start")
    expect(caption).to_contain_text(f"{left_in(rnn, 12)} now")
    expect(caption).to_contain_text(f"{left_in(lstm, 0)} of its gradient is left at the start")
    expect(page).to_have_url(re.compile(r"weights=run"))
    page.get_by_role("slider", name="After how many training steps").press("Home")
    expect(page).to_have_url(re.compile(r"after=0"))
    expect(caption).to_contain_text(f"{left_in(rnn, 0)} now")


def test_without_a_run_some_can_be_started(gradients):
    page = gradients("weights=run&runs=nonsense&after=x")
    page.get_by_role("radio", name="15", exact=True).click()
    page.get_by_role("button", name="Train a plain RNN at this lag").click()
    expect(page).to_have_url(re.compile(r"/train\?.*runs=[0-9a-f]{32}(,|%2C)[0-9a-f]{32}"))
    page.get_by_role("button", name="Settings …").click()
    expect(page.get_by_role("spinbutton", name="Steps", exact=True)).to_have_value("20")
    for name in re.findall(r"[0-9a-f]{32}", page.url):
        jobs().store.ask_to_stop(name)
