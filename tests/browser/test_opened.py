"""The output layer and the memory, opened on the stage: the numbers on the screen are the run's."""

import re

import numpy as np
from playwright.sync_api import expect

import lstm_viz as lv
from lstm_viz.networks.network import load
from lstm_viz.networks.write import drawn_from, write
from lstm_viz.tasks import TASKS
from tests.browser.stage import MINUS, open_stage

READ = next(iter(TASKS["subject"].examples.values()))
NETWORK = load("subject", "lstm")
SYMBOLS = NETWORK.symbols or ()


def written(value: float, decimals: int = 3) -> str:
    """As the stage writes a number."""
    return f"{value:.{decimals}f}".replace("-", MINUS)


def test_a_candidate_shows_which_units_speak_for_it_and_the_sum_is_its_logit(server, page):
    recording = NETWORK.read(READ)
    stage = open_stage(page, server.url, t=13)
    stage.find(".output-formula").click()
    stage.says("open", "output")
    logits = recording.output[12, 0]
    order = np.argsort(-logits, kind="stable")
    rows = stage.find(".candidate:visible")
    expect(rows).to_have_count(10)
    expect(rows.locator(".candidate-text")).to_have_text(
        [SYMBOLS[k] for k in order[:10]], use_inner_text=True
    )
    expect(rows.nth(1).locator(".candidate-number")).to_have_text(written(logits[order[1]], 2))
    rows.nth(1).hover()
    k = order[1]
    expect(stage.find(".output-terms h2")).to_have_text(f"“{SYMBOLS[k]}”")
    terms = NETWORK.head_weight[k] * recording[0].h[12, 0]
    strongest = int(np.argmax(terms))
    first = stage.find(".output-side").first.locator(".output-unit").first
    expect(first.locator(".unit-name")).to_have_text(f"unit {strongest}")
    expect(first.locator(".term-number")).to_have_text(written(terms[strongest]))
    expect(stage.find(".output-terms .opened-said")).to_contain_text(f"= {written(logits[k])}")
    expect(stage.find(".output-terms .opened-said")).to_contain_text(
        f"own number is {written(logits[k])}"
    )
    rows.nth(1).click()
    stage.says("answer", k)
    first.click()
    expect(stage.root).to_have_attribute("data-unit", str(strongest))
    # Its step is the stage's, and the address opens it again.
    page.keyboard.press("ArrowRight")
    best = int(recording.output[13, 0].argmax())
    stage.at(14)
    expect(rows.first.locator(".candidate-text")).to_have_text(SYMBOLS[best])
    page.reload()
    expect(stage.find(".candidate").first).to_be_visible()


def test_where_it_writes_the_probabilities_behind_the_temperature_stand_beside_its_own(
    server, page
):
    stage = open_stage(
        page,
        server.url,
        **{"write": 5, "from": 9, "temperature": 2, "top_k": 3, "open": "output", "t": 10},
    )
    made = write(NETWORK, READ[:9], 5, temperature=2, top_k=3)
    logits = made.recording.output[9, 0]
    p = drawn_from(logits, 2, 3)
    order = np.argsort(-logits, kind="stable")
    columns = stage.find(".candidate:visible .candidate-p")
    expect(columns.nth(1)).to_have_text(f"{round(100 * p[order[0]])}%")
    expect(columns.nth(7)).to_have_text("–")
    drawn = stage.find(".candidate:has(.mark:text('▸')) .candidate-text")
    expect(drawn).to_have_text(made.written[1])


def test_a_forecast_is_the_sum_of_its_terms_in_its_own_unit(server, page):
    network = load("load", "gru")
    series = next(iter(TASKS["load"].examples.values()))
    recording = network.read(series)
    stage = open_stage(page, server.url, task="load", cell="gru", t=20, open="output")
    answer = written(network.predictions(recording)[19, 0, 0], network.task.decimals)
    expect(stage.find(".output-value")).to_contain_text(answer)
    expect(stage.find(".output-terms .opened-said")).to_contain_text(answer)
    expect(stage.find(".candidate")).to_have_count(0)


def test_the_memory_is_taken_apart_at_the_chosen_step_and_unit(server, page):
    trace = NETWORK.read(READ)[0]
    stage = open_stage(page, server.url, t=13, unit=3)
    stage.button("What the memory is made of").click()
    stage.says("open", "memory")
    shares = lv.memory_shares(trace, 12)[:13, 0, 3]
    shown = stage.find(".memory-numbers span")
    expect(shown.nth(12)).to_have_text(written(shares[12], 2))
    most = int(np.argmax(abs(shares)))
    expect(stage.find(".memory-sum")).to_contain_text(
        f"“{READ[most]}” (t = {most + 1}): {written(shares[most])}"
    )
    expect(stage.find(".memory-sum")).to_contain_text(f"the memory is {written(trace.c[12, 0, 3])}")
    expect(stage.find(".memory-opened .opened-said")).to_contain_text(
        "differ from the memory by at most"
    )
    stage.choose(5)
    page.keyboard.press("ArrowLeft")
    expect(stage.find(".memory-sum")).to_contain_text(f"the memory is {written(trace.c[11, 0, 5])}")


def test_the_bars_of_the_memory_are_as_high_as_its_shares(server, page):
    """The pixels of the picture, read back."""
    trace = NETWORK.read(READ)[0]
    stage = open_stage(page, server.url, t=13, unit=3, open="memory")
    canvas = stage.find(".memory-bars canvas").first
    expect(canvas).to_have_attribute("aria-label", re.compile("of unit 3"))
    heights = canvas.evaluate(
        """(canvas, steps) => {
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
          return Array.from({ length: steps }, (_, step) => {
            const column = Math.round(((step + 0.5) * width) / steps);
            const alpha = (row) => data[4 * (row * width + column) + 3];
            return [...Array(height).keys()].filter((row) => alpha(row) > 0).length / height;
          });
        }""",
        len(READ),
    )[:13]
    shares = np.abs(lv.memory_shares(trace, 12)[:13, 0, 3])
    whole = max(np.abs(lv.memory_shares(trace, at)[:, 0, 3]).max() for at in range(len(trace.x)))
    np.testing.assert_allclose(heights, shares / whole / 1.06 / 2, atol=0.03)


def test_a_memory_that_is_no_sum_says_why(server, page):
    stage = open_stage(page, server.url, cell="rnn", open="memory")
    expect(stage.find(".drawer:visible")).to_contain_text("mixes the past of all units by a matrix")
