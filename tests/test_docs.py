"""Every block of code in the documentation is run, and the site can be made from its pages."""

import doctest
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import lstm_viz as lv
from lstm_viz.networks.network import load
from lstm_viz.tasks import TASKS
from lstm_viz.words.holding import first_wrong, telling_change
from lstm_viz.words.scores import learnt
from tests.serving import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))


def module(name: str) -> Any:
    """A module of docs/, which is no package."""
    loader = SourceFileLoader(f"docs_{name}", str(DOCS / f"{name}.py"))
    found = ModuleType(loader.name)
    loader.exec_module(found)
    return found


BLOCKS, GENERATED = module("blocks"), module("generated")


def blocks(page: Path) -> list[str]:
    found: list[str] = BLOCKS.BLOCK.findall(page.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("page", [one for one in PAGES if blocks(one)], ids=lambda one: one.stem)
def test_every_block_runs_one_after_the_other(page):
    names: dict[str, Any] = {"__name__": page.stem}
    for code in blocks(page):
        BLOCKS.html(BLOCKS.value_of(code, names, page.name))


@pytest.mark.parametrize(
    "page", [one for one in PAGES if ">>> " in one.read_text("utf-8")], ids=lambda one: one.stem
)
def test_what_a_page_says_is_printed_is_printed(page):
    outcome = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert outcome.failed == 0


def test_what_the_first_lesson_says_of_the_shipped_networks_is_so():
    """Each claim is computed: who is right, from how many starts, and which unit it takes."""
    lesson = (DOCS / "teach.md").read_text(encoding="utf-8")
    task = TASKS["subject"]
    found = learnt(task)
    rnn, lstm = found.of("rnn"), found.of("lstm")
    assert min(rnn.metrics["accuracy_beyond"], lstm.metrics["accuracy_beyond"]) > 0.98
    assert (
        f"of {len(rnn.of_seeds)} starts of the RNN {found.learnt_from(rnn)} learnt this, "
        f"of {len(lstm.of_seeds)} of the LSTM {found.learnt_from(lstm)}"
    ) in lesson
    assert lstm.holds[0].is_held
    assert not rnn.holds[0].is_held
    network, sequence = load("subject", "lstm"), next(iter(task.examples.values()))
    change = telling_change(network, sequence, lstm.holds[0])
    assert change is not None
    units = range(network.hidden)
    turning = [unit for unit in units if first_wrong(network, sequence, change, unit)]
    assert turning == [lstm.holds[0].unit]
    assert "no other one changes the pronoun" in lesson


def test_each_of_the_three_has_a_page():
    listed = (DOCS / "index.md").read_text(encoding="utf-8").splitlines()
    assert {"teach", "student", "practitioner"} <= set(listed)


def test_the_equations_are_those_of_the_catalogue():
    page = GENERATED.equations()
    for cell in lv.CELLS.values():
        assert f"(`{cell.name}`)" in page
        for line in cell.lines:
            assert f"{line.name} = {line.expression}" in page
    assert page.count("<math ") == sum(len(cell.lines) for cell in lv.CELLS.values())


def test_the_reference_has_every_name_with_what_it_says():
    page = GENERATED.reference()
    for name in lv.__all__:
        if not name.startswith("_"):
            assert f"## lv.{name}\n" in page
            said = (getattr(lv, name).__doc__ or "").strip().partition("\n")[0]
            assert name == "CELLS" or (said and said in page)


def test_a_block_shows_what_its_last_line_is_worth():
    page = "```python\na = 6\na * 7\n```\n"
    assert "<pre>42</pre>" in BLOCKS.with_results(page, "page")
    assert "<pre>" not in BLOCKS.with_results("```python\na = 6\n```\n", "page")
    with pytest.raises(ZeroDivisionError):
        BLOCKS.with_results("```python\n1 / 0\n```\n", "page")
