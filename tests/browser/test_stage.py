"""The stage, as a student, a teacher with a clicker and a screen reader meet it."""

import re

import pytest
from playwright.sync_api import expect

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.networks.network import load
from lstm_viz.tasks import TASKS
from lstm_viz.training.ship import SHIPPED_CELLS
from lstm_viz.words.holding import look_at_network
from tests.browser.pages import pixels_scrolled_off, settled, until
from tests.browser.stage import Stage, box, open_stage

EXAMPLE = next(iter(TASKS["subject"].examples.values()))


@pytest.fixture
def stage(server, page):
    page.set_viewport_size({"width": 1280, "height": 900})
    return open_stage(page, server.url)


# --- what one sees first


def test_it_opens_on_something_worth_seeing(stage):
    network = load("subject", "lstm")
    caption = look_at_network(network, network.read(EXAMPLE), EXAMPLE, EXAMPLE)
    expect(stage.page.get_by_text(caption.text).first).to_be_visible()
    stage.at(caption.t + 1)
    expect(stage.root).to_have_attribute("data-unit", str(caption.unit))
    expect(stage.find(".token > .token-text")).to_have_text(list(EXAMPLE))


def test_at_1280_by_900_everything_is_on_the_screen(stage):
    for part in (".tokens", ".transport", ".drawing", ".equations", ".strips canvas >> nth=-1"):
        area = box(stage.find(part))
        assert area["y"] + area["height"] <= 900, part


def test_under_each_symbol_stand_three_guesses_with_their_probabilities(stage):
    network = load("subject", "lstm")
    probabilities = network.predictions(network.read(EXAMPLE))[:, 0]
    for step, column in enumerate(stage.find(".token").all()):
        best = sorted(probabilities[step], reverse=True)[:3]
        shown = [text.strip("<> %") for text in column.locator(".prediction-p").all_inner_texts()]
        assert len(shown) == 3
        for text, p in zip(shown, best, strict=True):
            assert abs(float(text) - 100 * p) <= 1


def test_right_and_wrong_are_marked_by_a_sign_and_in_words(stage):
    network = load("subject", "lstm")
    right = TASKS["subject"].right(EXAMPLE, network.predictions(network.read(EXAMPLE))[:, 0])
    for answer, token in zip(right, stage.find(".token").all(), strict=True):
        marks = "".join(token.locator(".mark").all_inner_texts())
        assert marks == {None: "", True: "✓", False: "✗"}[answer]
        said = token.get_attribute("aria-label")
        assert ("Right." in said, "Wrong:" in said) == (answer is True, answer is False)


# --- moving through time


@pytest.mark.parametrize(
    ("key", "from_step", "to_step"),
    [
        ("ArrowRight", 3, 4),
        ("ArrowLeft", 3, 2),
        ("PageDown", 3, 4),
        ("PageUp", 3, 2),
        ("Home", 3, 1),
        ("End", 3, len(EXAMPLE)),
        ("ArrowLeft", 1, 1),
    ],
)
def test_a_key_moves_without_a_click_first(key, from_step, to_step, server, page):
    stage = open_stage(page, server.url, t=from_step)
    page.keyboard.press(key)
    stage.at(to_step)
    stage.says("t", to_step)


def test_everything_stands_at_the_same_step(stage):
    stage.go(7)
    expect(stage.find('.token[aria-current="step"] .token-number')).to_have_text("7")
    expect(stage.find(".transport-where")).to_have_text(f"t = 7 of {stage.steps}")
    expect(stage.find(".scrubber")).to_have_value("7")
    expect(stage.find(".equations-where")).to_have_text(f"at t = 7, “{EXAMPLE[6]}”")
    canvas, cursor = (
        box(stage.find(selector)) for selector in (".strip canvas >> nth=0", ".strips-cursor")
    )
    column = (cursor["x"] - canvas["x"]) / canvas["width"] * stage.steps
    assert column == pytest.approx(6, abs=0.2)


def test_the_buttons_do_what_the_keys_do(stage):
    for name, step in [("To the first", 1), ("One step forward", 2), ("One step back", 1)]:
        stage.button(name).click()
        stage.at(step)
    stage.button("To the last").click()
    stage.at(stage.steps)


def test_a_click_on_a_symbol_goes_there(stage):
    stage.find(".token").nth(4).click()
    stage.at(5)


def test_a_click_on_a_strip_goes_there_and_chooses_the_unit(stage):
    stage.page.keyboard.press("Home")
    canvas = stage.find('.strip[data-key="c"] canvas')
    area = box(canvas)
    canvas.click(position={"x": area["width"] * 8.5 / stage.steps, "y": 2})
    stage.at(9)
    assert stage.unit == 0
    stage.says("unit", 0)


def test_dragging_over_the_strips_scrubs_and_keeps_the_unit(stage):
    unit = stage.unit
    area = box(stage.find('.strip[data-key="f"] canvas'))
    column = area["width"] / stage.steps
    mouse = stage.page.mouse
    mouse.move(area["x"] + 1.5 * column, area["y"] + 5)
    mouse.down()
    for step in range(2, 12):
        mouse.move(area["x"] + (step + 0.5) * column, area["y"] + 5)
        stage.at(step + 1)
    mouse.up()
    assert stage.unit == unit


def test_dragging_the_slider_scrubs(stage):
    area = box(stage.find(".scrubber"))
    mouse = stage.page.mouse
    mouse.move(area["x"] + area["width"] - 8, area["y"] + area["height"] / 2)
    mouse.down()
    stage.at(stage.steps)
    mouse.move(area["x"] + 8, area["y"] + area["height"] / 2)
    stage.at(1)
    mouse.up()


def test_it_plays_to_the_end_and_stops_there(server, page):
    stage = open_stage(page, server.url, t=len(EXAMPLE) - 2)
    for _ in range(3):
        page.keyboard.press("]")
    page.keyboard.press(" ")
    expect(stage.button("Pause")).to_be_visible()
    stage.at(len(EXAMPLE))
    expect(stage.button("Play")).to_be_visible()


def test_the_space_bar_stops_it_too_after_a_click_on_play(stage):
    stage.page.keyboard.press("Home")
    stage.button("Play").click()
    expect(stage.button("Pause")).to_be_visible()
    stage.page.keyboard.press(" ")
    expect(stage.button("Play")).to_be_visible()


def test_whoever_comes_first_sees_it_play_phase_by_phase_and_may_choose_whole_steps(stage):
    phases, whole = (stage.button(name) for name in ("phase by phase", "whole steps"))
    expect(phases).to_have_attribute("aria-pressed", "true")
    whole.click()
    expect(whole).to_have_attribute("aria-pressed", "true")
    stage.says("speed", 2)
    phases.click()
    expect(stage.find(".speed select")).to_have_value("0")
    until(stage.page, "!location.search.includes('speed')")


ROUND = """async ([key, times]) => {
  const hosts = [...document.querySelectorAll("*")];
  const root = hosts.find((node) => node.shadowRoot?.querySelector(".stage")).shadowRoot;
  const seen = () => ({
    step: Number(root.querySelector(".stage").dataset.step),
    c: root.querySelector('[data-part="value"][data-key="c"]').textContent,
    round: [...root.querySelectorAll(".bundle")].map((one) => one.getBoundingClientRect().x),
    beads: root.querySelectorAll(".bead").length,
  });
  const all = [];
  await new Promise((rested) => setTimeout(rested, 300)); // keys that come faster are held down
  for (let time = 0; time < times; time++) {
    document.dispatchEvent(new KeyboardEvent("keydown", { key }));
    all.push(seen());
  }
  const begun = performance.now();
  while (root.querySelector(".pulse") && performance.now() - begun < 20000) {
    await new Promise(requestAnimationFrame);
    all.push(seen());
  }
  return all;
}"""


@pytest.mark.parametrize(("key", "to", "sign"), [("ArrowRight", 8, -1), ("ArrowLeft", 6, 1)])
def test_what_goes_out_on_the_right_comes_in_on_the_left(stage, key, to, sign):
    """All numbers change in the frame of the key; what moves comes after, and leaves nothing."""
    stage.go(7)
    expect(stage.find(".pulse")).to_have_count(0)
    first, *then = stage.page.evaluate(ROUND, [key, 1])
    assert first["step"] == to
    assert {frame["c"] for frame in then} == {first["c"]}
    ways = [frame["round"] for frame in then if frame["round"]]
    assert {len(way) for way in ways} == {2}  # c and h
    for before, after in zip(ways[0], ways[-1], strict=True):
        assert (after - before) * sign > 100
    assert any(frame["beads"] for frame in then)
    assert then[-1]["beads"] == 0
    assert then[-1]["round"] == []


def test_a_key_while_it_moves_ends_the_movement_and_steps_on(stage):
    stage.go(3)
    expect(stage.find(".pulse")).to_have_count(0)
    pressed = stage.page.evaluate(ROUND, ["ArrowRight", 5])[:5]
    assert [frame["step"] for frame in pressed] == [4, 5, 6, 7, 8]
    assert len({frame["c"] for frame in pressed}) == 5


def test_a_click_on_a_part_opens_its_explanation_which_stays(stage):
    stage.go(4)
    notes = stage.find(".note")
    for part in ("f", "c"):
        stage.find(f'.scene .node[data-id="{part}"]').click()
    expect(notes).to_have_count(2)
    expect(notes.first).to_contain_text("forget gate")
    for step in (4, 5):
        for part, note in (("f", notes.first), ("c", notes.last)):
            line = stage.find(f'.equation[data-signal="{part}"] .equation-numbers')
            expect(note).to_contain_text(line.inner_text().strip())
        if step == 4:
            stage.page.keyboard.press("ArrowRight")
            stage.at(5)
    notes.first.get_by_role("button", name="Close this explanation").click()
    expect(notes).to_have_count(1)
    stage.page.keyboard.press("Escape")
    expect(notes).to_have_count(0)


def test_brackets_change_the_speed(stage):
    speed = stage.find(".speed select")
    expect(speed).to_have_value("0")
    for faster in ("0.5", "1", "2", "4"):
        stage.page.keyboard.press("]")
        expect(speed).to_have_value(faster)
    for _ in range(9):
        stage.page.keyboard.press("[")
    expect(speed).to_have_value("0")


def test_a_step_is_walked_through_phase_by_phase(stage):
    stage.go(4)
    shown = {signal: stage.value(signal) for signal in ("f", "i", "c_tilde", "c", "o", "h")}
    stage.go(3)
    there = []
    for phase, name in enumerate(("forget", "propose", "write", "show"), start=1):
        stage.page.keyboard.press("Shift+ArrowRight")
        if phase < 4:
            expect(stage.find('.phase[aria-current="step"]')).to_have_text(f"{phase}{name}")
        stage.at(4)
        there.append(
            [
                signal
                for signal in shown
                if stage.find(f'[data-part="value"][data-key="{signal}"]').inner_text() != "…"
            ]
        )
    assert there == [
        ["f"],
        ["f", "i", "c_tilde"],
        ["f", "i", "c_tilde", "c"],
        ["f", "i", "c_tilde", "c", "o", "h"],
    ]
    assert {signal: stage.value(signal) for signal in shown} == shown
    stage.page.keyboard.press("Shift+ArrowLeft")
    expect(stage.find('[data-part="value"][data-key="h"]')).to_have_text("…")


def test_stepping_never_asks_python(stage):
    sent = []
    stage.page.on("websocket", lambda socket: sent.append(socket))
    stage.page.on("request", lambda request: sent.append(request.url))
    runs = stage.page.evaluate(
        """() => {
             const app = document.querySelector('[data-testid="stApp"]');
             let runs = 0;
             const watcher = new MutationObserver(() => runs++);
             watcher.observe(app, {attributeFilter: ['data-test-script-state']});
             window.runsOfTheScript = () => runs;
           }"""
    )
    assert runs is None
    for key in ("Home", "ArrowRight", "Shift+ArrowRight", "End", "ArrowLeft"):
        stage.page.keyboard.press(key)
    stage.choose(2)
    stage.page.wait_for_timeout(500)
    assert stage.page.evaluate("window.runsOfTheScript()") == 0
    assert sent == []


# --- one thing lights the same thing everywhere


def test_a_symbol_lights_its_wire_and_its_strip(stage):
    stage.find('.equation[data-signal="c"] .equation-line [data-key="f"]').hover()
    expect(stage.find('.scene .part.lit[data-key="f"]').first).to_be_attached()
    expect(stage.find('.strip[data-key="f"]')).to_have_class(re.compile("lit"))
    expect(stage.find('.scene .part.lit[data-key="o"]')).to_have_count(0)
    expect(stage.find(".tooltip")).to_contain_text("forget gate")
    stage.page.mouse.move(640, 20)
    expect(stage.find(".scene .lit")).to_have_count(0)
    expect(stage.find(".tooltip")).to_be_hidden()


def test_a_wire_lights_its_symbols_and_its_strip(stage):
    stage.find('.scene .wire[data-key="c"] .target').first.hover(force=True)
    expect(stage.find('.equation[data-signal="o"] .lit')).to_have_count(0)
    expect(stage.find('.equation-line .lit[data-key="c"]').first).to_be_visible()
    expect(stage.find('.equation-line .lit:not([data-key="c"])')).to_have_count(0)
    expect(stage.find('.strip[data-key="c"]')).to_have_class(re.compile("lit"))
    expect(stage.find(".tooltip")).to_contain_text("memory (cell state)")
    expect(stage.find(".tooltip")).to_contain_text(f"unit {stage.unit}:")


def test_a_strip_lights_its_wire_and_its_symbols(stage):
    stage.find('.strip[data-key="o"] canvas').hover()
    expect(stage.find('.scene .part.lit[data-key="o"]').first).to_be_attached()
    expect(stage.find('.equation[data-signal="h"] .lit[data-key="o"]').first).to_be_visible()
    expect(stage.find(".tooltip")).to_contain_text("show (output gate)")


def test_a_weight_lights_the_product_it_stands_in(stage):
    stage.find('.equation[data-signal="i"] .equation-line [data-key="W_i"]').hover()
    expect(stage.find('.scene .part.lit[data-key="x"]').first).to_be_attached()
    expect(stage.find('.equation[data-signal="i"] .number.lit')).to_have_count(1)


def test_a_line_opens_to_show_what_each_term_adds(stage):
    terms = stage.find('.equation[data-signal="f"] .terms')
    expect(terms).to_be_hidden()
    stage.find('.equation[data-signal="f"] .equation-line').click()
    expect(terms).to_be_visible()
    *parts, total = [
        float(text.replace("−", "-")) for text in terms.locator(".term-number").all_inner_texts()
    ]
    assert sum(parts) == pytest.approx(total, abs=0.002)
    for place, words in enumerate(["from the input", "from the last step", "bias"]):
        expect(terms.locator(".term-from").nth(place)).to_have_text(words)
    stage.find('.equation[data-signal="c"] .equation-line').click()
    expect(terms).to_be_hidden()
    expect(stage.find('.equation[data-signal="c"] .term-from')).to_have_text(["kept", "written"])


# --- every cell is drawn as itself


@pytest.mark.parametrize("name", SHIPPED_CELLS)
def test_each_cell_is_drawn_from_its_own_equations(name, server, page):
    stage = open_stage(page, server.url, cell=name)
    cell = CELLS[name]
    expect(stage.find(".equation-line math")).to_have_count(len(cell.lines))
    expect(stage.find(".strip")).to_have_count(len(cell.lines))
    drawn = {part.get_attribute("data-key") for part in stage.find(".scene .wire").all()}
    assert {state + "_prev" for state in cell.states} <= drawn
    assert "h" in drawn
    assert (stage.find(".scene .wire.peephole").count() > 0) == (name == "peephole")
    if name == "coupled":
        expect(stage.find('.scene .node[data-key="i"]')).to_be_visible()
    for strand in stage.find(".strand").all()[::7]:
        assert float(strand.get_attribute("stroke-width") or 0) > 0


def test_another_cell_reads_on_at_the_same_step(server, page):
    stage = open_stage(page, server.url, t=6)
    page.get_by_role("combobox", name="Cell").click()
    page.get_by_role("option", name="GRU", exact=True).click()
    expect(stage.find('.equation[data-signal="z"]')).to_be_visible()
    stage.at(6)
    stage.says("cell", "gru")
    stage.says("t", 6)


def test_a_clicker_goes_on_working_after_a_choice_from_a_list(server, page):
    stage = open_stage(page, server.url, t=6)
    page.get_by_role("combobox", name="Cell").click()
    page.keyboard.press("ArrowRight")
    stage.at(6)
    page.get_by_role("option", name="GRU", exact=True).click()
    stage.says("cell", "gru")
    page.keyboard.press("PageDown")
    stage.at(7)


def test_the_page_left_and_found_again_has_one_stage_that_steps_once(server, page):
    stage = open_stage(page, server.url, cell="gru", t=6)
    page.get_by_role("button", name="See inside").click()
    page.get_by_role("menuitem", name="Gates as valves").click()
    expect(page.get_by_role("heading", name="Gates as valves")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="See inside").click()
    page.get_by_role("menuitem", name="Watch it think").click()
    expect(stage.find('.equation[data-signal="z"]')).to_be_visible()
    step = stage.step
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    stage.at(2)
    assert step >= 1


# --- the address


def test_an_address_opened_cold_shows_exactly_that_moment(server, page):
    stage = open_stage(page, server.url, task="counting", cell="gru", sequence="2", t=5, unit=1)
    task = TASKS["counting"]
    sequence = list(task.examples.values())[1]
    trace = load("counting", "gru").read(sequence)[0]
    assert (stage.step, stage.unit) == (5, 1)
    assert stage.value("h") == pytest.approx(trace.h[4, 0, 1], abs=0.00051)
    expect(page.get_by_role("combobox", name="Task")).to_have_value(task.title)


def test_the_address_always_says_where_one_is_and_keeps_what_else_it_said(server, page):
    stage = open_stage(page, server.url, lang="en", t=3)
    stage.choose(2)
    page.keyboard.press("ArrowRight")
    stage.says("t", 4)
    assert stage.address == {"lang": "en", "t": "4", "unit": "2"}
    page.get_by_role("combobox", name="Cell").click()
    page.get_by_role("option", name="GRU", exact=True).click()
    stage.says("cell", "gru")
    stage.says("t", 4)
    assert stage.address.keys() == {"lang", "cell", "t", "unit"}


def test_the_address_copied_to_another_browser_opens_the_same(stage, visit):
    stage.choose(1)
    stage.go(9)
    stage.says("t", 9)
    shown = {signal: stage.value(signal) for signal in ("f", "c", "h")}
    other = visit(viewport={"width": 1280, "height": 900})
    other.goto(stage.page.url)
    settled(other)
    again = Stage(other)
    again.at(9)
    assert {signal: again.value(signal) for signal in shown} == shown


@pytest.mark.parametrize("asked", ["0", "99999", "-3", "x", ""])
def test_a_step_that_is_none_opens_a_step_that_is(asked, server, page):
    stage = open_stage(page, server.url, t=asked, unit=asked)
    assert 1 <= stage.step <= stage.steps


# --- one's own sequence


def test_ones_own_text_is_read(server, page):
    stage = open_stage(page, server.url, sequence="own", text="Tom slept. Then he sang.")
    words = ["Tom", "slept", ".", "then", "he", "sang", "."]
    expect(stage.find(".token > .token-text")).to_have_text(words)
    text = page.get_by_role("textbox", name="Your own sequence")
    text.fill("Anna laughed")
    text.press("Enter")
    expect(stage.find(".token")).to_have_count(2)
    stage.says("text", "Anna laughed")


def test_an_unknown_word_is_named_at_the_box_and_nothing_is_lost(server, page):
    stage = open_stage(page, server.url, sequence="own", text="Tom slept .")
    text = page.get_by_role("textbox", name="Your own sequence")
    text.fill("Tom slpet .")
    text.press("Enter")
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_contain_text("'slpet'")
    expect(alert).to_contain_text("slept")
    expect(text).to_have_value("Tom slpet .")
    expect(stage.find(".token > .token-text")).to_have_text(["Tom", "slept", "."])


def test_the_keys_stay_with_whoever_is_typing(server, page):
    stage = open_stage(page, server.url, sequence="own", text="Tom slept .", t=2)
    text = page.get_by_role("textbox", name="Your own sequence")
    text.focus()
    for key in ("Home", "ArrowRight", " ", "f", "]"):
        page.keyboard.press(key)
    expect(text).to_have_value("T f]om slept .")
    stage.at(2)
    assert page.evaluate("document.fullscreenElement") is None


# --- numbers instead of symbols


def test_a_sequence_of_numbers_is_a_curve_that_can_be_scrubbed(server, page):
    stage = open_stage(page, server.url, task="load", t=1)
    series = stage.find(".series")
    expect(series.locator("polyline")).to_have_count(2)
    area = box(series)
    series.click(position={"x": area["width"] * 10.5 / stage.steps, "y": 20})
    stage.at(11)
    read = next(iter(TASKS["load"].examples.values()))[10]
    expect(stage.find(".series-now")).to_have_text(f"reads {read:.1f} MW")

    # From here it goes on by itself, beside what came; both pictures have one cursor.
    page.get_by_role("button", name="Forecast from here").click()
    page.wait_for_url("**from=11&**")
    judge = lv.forecast(
        load("load", "lstm"), TASKS["load"].examples["Thursday to Sunday"], 48, [11]
    )
    told = page.locator(".forecast-time .forecast-now")
    page.keyboard.press("End")
    last = judge.values[0, -1, 0]
    expect(told).to_contain_text("Step 59, 48 ahead")
    expect(told).to_contain_text(f"the network {last:.1f} MW")
    expect(stage.find(".series-now")).to_have_text(f"reads its own {last:.1f} MW")
    over_time = page.locator(".forecast-time .forecast-surface")
    area = box(over_time)
    over_time.click(position={"x": area["width"] * 20.5 / 59, "y": 40})
    stage.at(21)
    expect(told).to_contain_text(f"measured {judge.series[20, 0]:.1f} MW")


# --- eyes, hands and ears


def test_in_the_dark_it_is_dark(server, visit):
    page = visit(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    stage = open_stage(page, server.url)
    expect(stage.root).to_have_attribute("data-scheme", "dark")
    keep = CELLS["lstm"].roles["f"]
    assert (
        stage.root.evaluate("node => getComputedStyle(node).getPropertyValue('--role-keep')")
        == keep.colour.dark
    )
    background = stage.root.evaluate("node => getComputedStyle(node).backgroundColor")
    assert max(map(int, re.findall(r"\d+", background))) < 60


def test_the_lights_may_go_out_while_one_looks(stage):
    stage.go(5)
    stage.page.emulate_media(color_scheme="dark")
    expect(stage.root).to_have_attribute("data-scheme", "dark")
    stage.at(5)
    keep = CELLS["lstm"].roles["f"]
    rgb = ", ".join(str(int(keep.colour.dark[place : place + 2], 16)) for place in (1, 3, 5))
    expect(stage.find('[data-part="value"][data-key="f"]')).to_have_css("color", f"rgb({rgb})")
    stage.page.keyboard.press("ArrowRight")
    stage.at(6)
    stage.page.emulate_media(color_scheme="light")


def test_a_phone_shows_it_in_one_column(server, visit):
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    stage = open_stage(page, server.url)
    assert pixels_scrolled_off(page) == 0
    tops = [
        box(stage.find(part))["y"]
        for part in (".tokens", ".drawing", ".transport", ".strips", ".caption", ".equations")
    ]
    assert tops == sorted(tops)
    drawing = box(stage.find(".drawing"))
    assert drawing["x"] >= 0
    assert drawing["x"] + drawing["width"] <= 390
    stage.find(".token").nth(1).tap()
    stage.at(2)
    for part in (".scrubber", ".phase", ".pace-choice", ".transport .tool"):
        assert box(stage.find(part).first)["height"] >= 40
    stage.find('.scene .node[data-id="i"]').tap()  # shows what hovering shows
    expect(stage.find(".note")).to_contain_text("write (input gate)")


def test_whoever_wants_less_motion_sees_steps_and_no_gliding(server, visit):
    page = visit(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    open_stage(page, server.url, t=1, speed=2)
    seen = page.evaluate(
        """async () => {
             const root = (function find(node) {
               for (const child of node.querySelectorAll('*')) {
                 if (child.shadowRoot?.querySelector('.stage')) return child.shadowRoot;
               }
               return document;
             })(document);
             const strands = () => [...root.querySelectorAll('.strand')];
             const picture = () => strands().map(s => s.getAttribute('stroke-width')).join();
             const seen = new Set();
             document.dispatchEvent(new KeyboardEvent('keydown', {key: ' '}));
             for (let frame = 0; frame < 100; frame++) {
               await new Promise(requestAnimationFrame);
               seen.add(picture());
             }
             document.dispatchEvent(new KeyboardEvent('keydown', {key: ' '}));
             return [seen.size, Number(root.querySelector('.stage').dataset.step)];
           }"""
    )
    pictures, step = seen
    assert step > 1
    assert pictures <= step


def test_full_screen_is_larger_and_says_what_to_look_at(stage):
    small = stage.find(".equation-value").first.evaluate(
        "n => parseFloat(getComputedStyle(n).fontSize)"
    )
    expect(stage.find(".caption")).to_be_visible()
    stage.page.set_viewport_size({"width": 1920, "height": 1080})
    stage.page.keyboard.press("f")
    until(stage.page, "document.fullscreenElement !== null")
    expect(stage.find(".caption")).to_be_visible()
    large = stage.find(".equation-value").first.evaluate(
        "n => parseFloat(getComputedStyle(n).fontSize)"
    )
    assert large > 1.3 * small
    stage.page.keyboard.press("ArrowRight")
    stage.page.keyboard.press("f")
    until(stage.page, "document.fullscreenElement === null")


def test_every_control_has_a_name(stage):
    nameless = stage.root.evaluate(
        """root => [...root.querySelectorAll('button, select, input, canvas, [role=button]')]
             .filter(node => !(node.getAttribute('aria-label') || node.textContent.trim()
                               || node.labels?.[0]?.textContent.trim()))
             .map(node => node.outerHTML.slice(0, 90))"""
    )
    assert nameless == []


def test_the_scrubber_is_a_slider_that_says_where_it_is(stage):
    slider = stage.root.get_by_role("slider", name="Step of the sequence")
    stage.go(2)
    expect(slider).to_have_attribute("aria-valuetext", f"Step 2: “{EXAMPLE[1]}”.")
    slider.focus()
    stage.page.keyboard.press("ArrowRight")
    stage.at(3)
    stage.page.keyboard.press("PageDown")
    stage.at(4)


def test_a_screen_reader_is_told_politely_when_it_comes_to_rest(stage):
    stage.go(3)
    live = stage.find('[aria-live="polite"]')
    expect(live).to_contain_text(f"Step 3: “{EXAMPLE[2]}”. Expects next:")


def test_the_keyboard_alone_reaches_and_opens_an_equation(stage):
    line = stage.find('.equation[data-signal="i"] .equation-line')
    line.focus()
    stage.page.keyboard.press("Enter")
    expect(line).to_have_attribute("aria-expanded", "true")
    step = stage.step
    stage.page.keyboard.press(" ")
    expect(line).to_have_attribute("aria-expanded", "false")
    assert stage.step == step


def test_the_keys_are_written_down(stage):
    stage.button("Keys").click()
    panel = stage.root.get_by_role("group", name="Keys")
    expect(panel).to_contain_text("play or pause")
    stage.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_the_strips_can_be_ordered_and_scaled(stage):
    def picture():
        return stage.find('.strip[data-key="h"] canvas').evaluate("node => node.toDataURL()")

    stage.button("Order and scale").click()
    seen = {picture()}
    for choice in ("by when they peak", "similar ones together", "of each unit", "of all signals"):
        stage.root.get_by_label(choice).check()
        seen.add(picture())
    assert len(seen) >= 4


# --- the proof


def test_the_badge_says_how_far_numpy_and_torch_are_apart(stage):
    badge = stage.page.get_by_text("|NumPy − torch| =").first
    expect(badge).to_be_visible()
    found = re.search(r"= (\d+e[-−]\d+)", badge.inner_text())
    assert found
    assert float(found[1].replace("−", "-")) < 1e-9
