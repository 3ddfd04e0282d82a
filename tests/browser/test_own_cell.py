"""A student types a cell: it is read as one types, and everything follows."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from lstm_viz.cells import CELLS
from lstm_viz.networks.network import load
from tests.browser.pages import settled, stopped, until
from tests.serving import Server

LSTM = CELLS["lstm"].text


def box(page: Page) -> Locator:
    return page.get_by_label("Equations, one to a line")


def problem(page: Page) -> Locator:
    return page.locator(".editor .problem")


@pytest.fixture
def own(server: Server, page: Page) -> Page:
    page.goto(f"{server.url}/own_cell")
    settled(page)
    expect(box(page)).to_have_value(LSTM)
    return page


def test_a_mistake_is_told_at_its_line_and_goes_when_it_is_mended(own):
    box(own).fill(LSTM.replace("i * c_tilde", "i * c_tilda"))
    expect(problem(own)).to_contain_text("did you mean c_tilde?")
    expect(own.locator(".number.wrong")).to_have_text("4")
    expect(own.locator(".stage")).to_be_visible()  # the last cell that could be read
    box(own).fill(LSTM)
    expect(problem(own)).to_be_hidden()
    expect(own.locator(".number.wrong")).to_have_count(0)


def test_a_changed_line_changes_drawing_equations_parameters_and_run(own):
    expect(own.get_by_text("4H(D + H + 1)", exact=True)).to_be_visible()
    expect(own.get_by_text("This is the trained network as it is shipped.")).to_be_visible()
    box(own).fill(LSTM.replace(LSTM.splitlines()[1], "i = 1 - f"))
    expect(own.get_by_text("3H(D + H + 1)", exact=True)).to_be_visible()
    expect(own.get_by_text(re.compile("Edited, not retrained|trained network"))).to_be_visible()
    expect(own.locator('.equation[data-signal="i"], .strip[data-key="i"]').first).to_be_visible()
    expect(own.get_by_text("keep, overwrite, hide")).to_be_visible()


def test_an_overflow_says_where_and_at_which_step(own):
    box(own).fill("a = exp(9 * c_prev + W_a @ x)\nc = c_prev + a\nh = tanh(c)")
    expect(problem(own)).to_contain_text(re.compile(r"At step \d+, unit \d+ of \"a = exp"))
    expect(own.locator(".number.wrong")).to_have_text("1")


def test_what_cannot_be_run_is_still_there_when_the_page_is_loaded_again(own):
    text = "a = exp(9 * c_prev + W_a @ x)\nc = c_prev + a\nh = tanh(c)"
    box(own).fill(text)
    expect(problem(own)).to_contain_text("At step")
    until(own, "text => new URL(location.href).searchParams.get('equations') === text", arg=text)
    own.reload()
    settled(own)
    expect(box(own)).to_have_value(text)
    expect(problem(own)).to_contain_text("At step")


def test_a_link_opens_with_its_cell_in_the_editor(server, page):
    text = "c = 0.9 * c_prev + W_c @ x\nh = tanh(c)"
    page.goto(f"{server.url}/own_cell?task=counting&equations={quote(text)}")
    settled(page)
    expect(box(page)).to_have_value(text)
    expect(page.get_by_text("HD", exact=True)).to_be_visible()


def test_the_address_follows_what_is_typed(own):
    text = LSTM.replace("o * tanh(c)", "o * c")
    box(own).fill(text)
    until(own, "text => new URL(location.href).searchParams.get('equations') === text", arg=text)
    own.reload()
    settled(own)
    expect(box(own)).to_have_value(text)


def test_a_typed_cell_is_trained_beside_the_lstm_and_the_gru_and_the_link_says_so(own, visit):
    text = LSTM.replace("o * tanh(c)", "o * c")
    box(own).fill(text)
    expect(own.get_by_text("Edited, not retrained")).to_be_visible()
    own.get_by_role("button", name="Train it beside the LSTM and the GRU").click()
    own.wait_for_url("**/train?*runs=*")
    cells = own.get_by_test_id("stMultiSelect")
    expect(cells).to_contain_text("LSTM with h = o · c")
    expect(cells).to_contain_text("GRU")
    # The embedding, the cell and the head: what the typed cell has in common with the LSTM.
    network = load("subject", "lstm")
    first = own.get_by_text(re.compile(f"Loss .*, {network.count:,} parameters")).first
    expect(first).to_be_visible(timeout=90_000)
    stopped(own)
    link = re.sub(r"runs=[^&]*", "", own.url)  # where nobody knows the runs
    page = visit()
    page.goto(link)
    expect(page.get_by_test_id("stMultiSelect")).to_contain_text("LSTM with h = o · c")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()


def test_a_cell_is_kept_under_a_name(own):
    box(own).fill(LSTM.replace("o * tanh(c)", "o * c"))
    own.get_by_role("button", name="Save under a name").click()
    own.get_by_label("Name", exact=True).fill("Flat")
    own.get_by_label("Name", exact=True).press("Enter")
    own.get_by_test_id("stPopoverBody").get_by_role("button", name="Save", exact=True).click()
    expect(own.get_by_text("“Flat” stands under")).to_be_visible()
    settled(own)
    own.get_by_label("Start from").click()
    expect(own.get_by_role("option", name="Flat")).to_be_visible()


@pytest.mark.parametrize(
    "text",
    [
        'h = __import__("os").system("sleep 600")',
        "h = 9 ** 9 ** 9 ** 9 ** 9",
        "\n".join(f"s{k} = tanh(U_{k} @ s{(k + 1) % 39}_prev)" for k in range(39)) + "\nh = s0",
        "c = " + " ** ".join(["c_prev"] * 25) + "\nh = c + b_h",
    ],
)
def test_no_text_runs_code_or_keeps_the_page_waiting(own, text):
    box(own).fill(text)
    expect(own.locator(".stage")).to_be_visible()
    own.wait_for_timeout(600)
    settled(own)
    box(own).fill(LSTM)
    expect(problem(own)).to_be_hidden()
