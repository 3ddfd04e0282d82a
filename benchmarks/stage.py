"""How fast the stage is in a real browser: key to picture, frames a second, first picture, payload.

A headless browser without a GPU paints on the processor, so a screen does better than this. "Key to
picture" begins with the keyboard event's own time stamp. It ends twice: when the frame that shows
the step begins to be painted (a 60 Hz screen shows it then or one frame later), and when this
browser has painted it. "Work" is what the step costs the page's main thread, in processor time,
which other programs on the machine do not change.
"""

import json
import statistics
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import numpy as np
from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

import lstm_viz as lv
from lstm_viz.networks.network import load
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.payload_types import StagePayload
from lstm_viz.stage.standalone import standalone
from lstm_viz.stage.tokens import Guess, Token, read_tokens
from lstm_viz.stage.training import Learning, snapshot, thinned
from lstm_viz.tasks import TASKS
from lstm_viz.web.scripts import compressed
from tests.browser.chromium import find
from tests.serving import Server, free_port, python_server, streamlit_server

T, H, D = 60, 16, 8
MOMENTS = 28
KEYS = 80
SIZE: ViewportSize = {"width": 1280, "height": 900}
STANDS = ".stage .strand"

TIME_KEYS = """() => {
  window.times = [];
  let begun;
  document.addEventListener("keydown", (event) => {
    begun = event.timeStamp;
    requestAnimationFrame(() => {
      const shown = performance.now() - begun;
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.times.push([shown, performance.now() - begun]);
      port2.postMessage(0);
    });
  });
}"""

TIME_FRAMES = """() => new Promise((resolve) => {
  const times = [];
  const frame = (now) => {
    times.push(now);
    if (times.length <= 240) requestAnimationFrame(frame);
    else resolve(times.slice(1).map((time, index) => time - times[index]));
  };
  document.dispatchEvent(new KeyboardEvent("keydown", { key: " " }));
  requestAnimationFrame(frame);
})"""

TIME_FIRST_PICTURE = """
const inside = (root) => {
  if (root.querySelector(".stage .strand[stroke], p.stage")) return true;
  return [...root.querySelectorAll("*")].some((node) => node.shadowRoot && inside(node.shadowRoot));
};
const look = () => {
  if (document.body && inside(document)) window.firstPicture = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


def main() -> None:
    rows: list[tuple[str, str]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find())
        with offline_page(browser, at_one_moment()) as page:
            client = page.context.new_cdp_session(page)
            client.send("Performance.enable", {"timeDomain": "threadTicks"})
            rows += stepping(page, client)
            rows += playing(page, client)
        with offline_page(browser, in_training()) as page:
            client = page.context.new_cdp_session(page)
            client.send("Performance.enable", {"timeDomain": "threadTicks"})
            rows += stepping(page, client, "through training, ", ".", ",")
        rows += first_pictures(browser)
        browser.close()
    rows += sizes()
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"| {name:<{width}} | {value} |")


def at_one_moment() -> StagePayload:
    """The stage with T steps of H units."""
    cell = lv.CELLS["lstm"]
    x = np.random.default_rng(0).normal(size=(T, 1, D))
    trace = lv.run(cell, lv.init_weights(cell, D, H, forget_bias=1), x)
    return stage_payload(ShownRun(trace, tokens_of(T)))


def tokens_of(steps: int) -> list[Token]:
    guesses = (Guess("a", 0.6), Guess("b", 0.3), Guess("c", 0.1))
    return [Token("x", guesses, "x", None) for _ in range(steps)]


def in_training(steps: int = 100, units: int = 32, inputs: int = 2) -> StagePayload:
    """The stage with MOMENTS of a training; the usual numbers are those of adding."""
    cell = lv.CELLS["lstm"]
    x = np.random.default_rng(0).normal(size=(steps, 1, inputs))
    first, last = (lv.init_weights(cell, inputs, units, seed=seed) for seed in (0, 1))
    traces = []
    for share in np.linspace(0, 1, MOMENTS):
        between = {name: (1 - share) * first[name] + share * last[name] for name in first}
        traces.append(lv.run(cell, between, x))
    made = [snapshot(step, trace, tokens_of(steps)) for step, trace in enumerate(traces)]
    sent = thinned(range(MOMENTS), made[-1].size)
    learning = Learning([made[step] for step in sent], MOMENTS)
    return stage_payload(ShownRun(traces[-1], tokens_of(steps), learning=learning))


@contextmanager
def offline_page(browser: Browser, payload: StagePayload) -> Iterator[Page]:
    """The stage from a file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stage.html"
        file.write_text(standalone(payload, "benchmark"), encoding="utf-8")
        page = browser.new_page(viewport=SIZE)
        page.goto(file.as_uri())
        page.wait_for_selector(STANDS, state="attached")
        yield page
        page.close()


def stepping(
    page: Page, client: CDPSession, what: str = "", on: str = "ArrowRight", back: str = "ArrowLeft"
) -> Iterator[tuple[str, str]]:
    page.evaluate(TIME_KEYS)
    page.keyboard.press("Home")
    before = seconds_of_work(client)
    for press in range(KEYS):
        page.keyboard.press(on if press % 50 < 40 else back)
        page.wait_for_timeout(41)  # no multiple of a frame
    worked = (seconds_of_work(client) - before) / KEYS
    shown, painted = zip(*page.evaluate("window.times"), strict=True)
    yield f"{what}key to picture, frame begins", spread(shown)
    yield f"{what}key to picture, painted here", spread(painted)
    yield f"{what}work for one step", f"{1000 * worked:.1f} ms"


def seconds_of_work(client: CDPSession) -> float:
    metrics = client.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def playing(page: Page, client: CDPSession) -> Iterator[tuple[str, str]]:
    page.keyboard.press("Home")
    for _ in range(2):
        page.keyboard.press("]")
    before = seconds_of_work(client)
    frames = page.evaluate(TIME_FRAMES)
    worked = (seconds_of_work(client) - before) / len(frames)
    late = sum(frame > 1000 / 60 * 1.5 for frame in frames)
    rate = 1000 / statistics.fmean(frames)
    yield f"playing T={T}, H={H}", f"{rate:.1f} frames/s, {late} of {len(frames)} late"
    yield "work for one frame, of 16.7 ms", f"{1000 * worked:.1f} ms"


def first_pictures(browser: Browser) -> Iterator[tuple[str, str]]:
    """Cold: a fresh process meets a fresh browser profile. Warm: the second visit.

    Beside it a Streamlit page with one word on it: what no page can be faster than.
    """
    for _ in range(2):
        with one_word() as server:
            yield from visits(browser, server.url, "one word in Streamlit")
        with streamlit_server() as server:
            yield from visits(browser, f"{server.url}/stage", "first picture")


@contextmanager
def one_word() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "word.py"
        script.write_text("import streamlit as st\nst.html('<p class=\"stage\">word</p>')\n")
        port = free_port()
        command = ["-m", "streamlit", "run", str(script), "--server.headless=true"]
        command += ["--server.address=127.0.0.1", f"--server.port={port}"]
        with python_server(command, port) as server:
            yield server


def visits(browser: Browser, address: str, what: str) -> Iterator[tuple[str, str]]:
    context = browser.new_context(viewport=SIZE)
    context.add_init_script(TIME_FIRST_PICTURE)
    for name in ("cold", "warm", "warm again"):
        page = context.new_page()
        begun = perf_counter()
        page.goto(address)
        page.wait_for_function("window.firstPicture", timeout=60_000)
        took = page.evaluate("window.firstPicture") / 1000
        whole = perf_counter() - begun
        yield f"{what}, {name}", f"{took:.2f} s (seen from outside {whole:.2f} s)"
        page.close()
    context.close()


def sizes() -> Iterator[tuple[str, str]]:
    code = len(compressed("stage"))
    yield "script and styles, once, compressed", f"{code / 1000:.0f} kB"
    for name in ("subject", "python"):
        network = load(name, "lstm")
        sequence = next(iter(TASKS[name].examples.values()))
        recording = network.read(sequence)
        begun = perf_counter()
        tokens = read_tokens(network, recording, sequence)
        payload = stage_payload(ShownRun(recording[0], tokens))
        took = perf_counter() - begun
        size = len(json.dumps(payload))
        steps, units = payload["steps"], payload["units"]
        what = f"payload, {name} (T={steps}, H={units})"
        yield what, f"{size / 1000:.0f} kB, made in {1000 * took:.0f} ms"
    for task, numbers in {"adding": (100, 32, 2), "python": (163, 64, 24)}.items():
        begun = perf_counter()
        payload = in_training(*numbers)
        took = perf_counter() - begun
        assert payload["training"]
        sent = len(payload["training"]["snapshots"])
        yield (
            f"payload of a training, as {task}",
            f"{len(json.dumps(payload)) / 1000:.0f} kB for {sent} of {MOMENTS} moments, "
            f"read and made in {1000 * took:.0f} ms",
        )
    largest = in_training(200, 128, 24)["training"]
    assert largest
    yield "moments of the largest network", f"{len(largest['snapshots'])} of {MOMENTS}"


def spread(times: Iterable[float]) -> str:
    ordered = sorted(times)
    return (
        f"median {statistics.median(ordered):.1f} ms, p90 {ordered[int(0.9 * len(ordered))]:.1f} ms"
    )


if __name__ == "__main__":
    main()
