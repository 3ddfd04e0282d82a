"""The worksheet of a lesson: its questions on paper, their answers computed from a run.

What one does on the screen becomes what one fills in: the numbers of the reply that comes when a
step is done, and the step at which it is. A student of number 3 gets other sequences than one of
number 4: drawn, from that number as the seed, from what no network of the app was trained on. A
step whose file names a place by its number speaks of that one sequence, and keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from lstm_viz.cells import CELLS
from lstm_viz.language import _
from lstm_viz.lessons.lesson import COMPUTED, LINK, Lesson, LessonError, Step, Text, said
from lstm_viz.lessons.measures import Guess, filled, place, replies, scene_of
from lstm_viz.lessons.measures import written as in_text
from lstm_viz.lessons.panel import conditions
from lstm_viz.lessons.screen import READING, NothingToAsk, Screen
from lstm_viz.networks.network import shipped
from lstm_viz.stage.scene import scene, sent
from lstm_viz.stage.worksheet import WINDOW, Blank, Block, Line, Sheet, Strip, Told, row_of
from lstm_viz.tasks import Sequence, Task

TRIES = 60  # sequences drawn until one of them has all that the lesson asks for
LONGEST = 2 * WINDOW  # steps of a sequence that is read on paper
_MOVES = ("t", "unit")  # what a scene says of the cursor follows from the run
_BRACES = re.compile(r"(\{[^{}]{1,60}\})")


def lesson_sheet(lesson: Lesson, seed: int | None = None) -> Sheet:
    """The sheet of a lesson, as its file says, or of the student with this number.

    Raises LessonError where no drawn sequence has what it asks for.
    """
    for attempt in range(1 if seed is None else TRIES):
        draws = None if seed is None else _Draws(seed, attempt)
        try:
            blocks = tuple(_blocks(lesson, draws))
        except NothingToAsk as problem:
            if seed is None:
                raise LessonError(str(problem)) from None
            continue
        cell = _cell_of(lesson)
        return Sheet(
            said(lesson.title),
            said(lesson.goal),
            (Block("", (), drawn=True), *blocks),
            sent(scene(CELLS[cell])),
        )
    raise LessonError(
        _("None of {count} sequences that were drawn has all that this lesson asks for.").format(
            count=TRIES
        )
    )


def _cell_of(lesson: Lesson) -> str:
    """The cell that is drawn: the first one that a scene names."""
    named = (said(step.scene["cell"]) for step in lesson.steps if "cell" in step.scene)
    return next((name for name in named if name in CELLS), "lstm")


class _Draws:
    """The sequences of one student: one for each task, the same wherever the lesson reads it."""

    def __init__(self, seed: int, attempt: int) -> None:
        self.rng = np.random.default_rng([seed, attempt])
        self.sequences: dict[str, Sequence] = {}
        self.screens: dict[tuple[str, ...], Screen] = {}

    def screen(self, step: Step) -> Screen:
        """The page of the step with a sequence of its own; read once for all steps alike."""
        names = {name: said(text) for name, text in step.scene.items() if name not in _MOVES}
        screen = Screen(step.page, names)
        page = step.page if "hold" in names else READING[0]
        key = (page, *_network(screen), names.get("hold", ""))
        if key not in self.screens:
            task = screen.network.task
            if task.name not in self.sequences:
                self.sequences[task.name] = drawn(task, self.rng)
            screen = self.screens[key] = replace(screen, instead=self.sequences[task.name])
            if task.is_right and False in task.right(screen.sequence, screen.answers):
                raise NothingToAsk(_("The network itself is wrong in this sequence."))
        return self.screens[key]

    def shuffled(self, options: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(options[k] for k in self.rng.permutation(len(options)))


def drawn(task: Task, rng: np.random.Generator, longest: int = LONGEST) -> Sequence:
    """A sequence that the networks of the task were not trained on, not longer than this."""
    inputs, _targets = task.held_out(rng, 1)
    read = inputs[:longest, 0]
    if task.symbols is None:
        numbers = read.reshape(len(read), -1) * task.spread + task.centre
        return tuple(float(n[0]) if task.width == 1 else tuple(map(float, n)) for n in numbers)
    return tuple(task.symbols[int(code)] for code in read)


def _screen(step: Step, draws: _Draws | None) -> Screen:
    if draws is None or not speaks_of_any_sequence(step):
        return Screen(step.page, scene_of(step))
    return draws.screen(step)


def _network(screen: Screen) -> tuple[str, str]:
    return screen.names.get("task", shipped()[0][0]), screen.names.get("cell", "lstm")


def speaks_of_any_sequence(step: Step) -> bool:
    """Whether what a step says holds of another sequence of its task as well.

    Not where the file names a place by its number, or has the network write.
    """
    if step.page not in READING:
        return False
    places = [step.at, said(step.scene.get("t", {"en": "told"})), step.do.get("t", "told")]
    by_number = any(place.isdecimal() and place != "1" for place in places)
    return not by_number and "write" not in {*step.scene, *step.do, *step.show}


def _blocks(lesson: Lesson, draws: _Draws | None) -> Iterator[Block]:
    """A block for each step that asks for something."""
    shown: object = None
    for count, step in enumerate(lesson.steps, start=1):
        screen = _screen(step, draws)
        strips: tuple[Strip, ...] = ()
        t = None
        if step.page in READING:
            t = place(screen, step.at)
            now = screen.sequence, _network(screen), t if len(screen.tokens) > LONGEST else 0
            strips = _strips(screen, t) if now != shown else ()
            shown = now
        lines = [(_without_links(filled(step.text, screen, t)),), *_asked(step, screen, t, draws)]
        yield Block(_heading(count, step, t), tuple(lines), strips)


def _heading(count: int, step: Step, t: int | None) -> str:
    """Its number, and the step of which it speaks where that is not what it asks for."""
    if t is None or step.do or (step.ask and step.ask.kind == "word"):
        return str(count)
    return _("{number} · at step {t}").format(number=count, t=t + 1)


def _asked(step: Step, screen: Screen, t: int | None, draws: _Draws | None) -> Iterator[Line]:
    if step.ask:
        question = f"{_without_links(filled(step.ask.question, screen, t))} "
        found = replies(screen, step.ask, t or 0)
        if isinstance(found, Guess):
            ends = _("(from {low} to {high}; right within {within}) ").format(
                low=f"{found.low:g}", high=f"{found.high:g}", within=f"{found.within:g}"
            )
            yield question, ends, Blank(_short(found.value))
        else:
            right = next(one.label for one in found if one.right)
            options = tuple(one.label for one in found)
            yield question, Blank(right, options=draws.shuffled(options) if draws else options)
            yield (Told(" ".join(one.told for one in found)),)
        if step.reply:
            yield (Told(_without_links(filled(step.reply, screen, t))),)
    elif step.do:
        yield from _done(step, screen, t)


def _done(step: Step, screen: Screen, t: int | None) -> Iterator[Line]:
    """What is filled in when it is done: the step, and the numbers of the reply."""
    wanted = {one.name: one for one in conditions(step, screen)}
    if "t" in wanted and wanted["t"].texts:
        yield _("Which step is it? "), Blank(wanted["t"].texts[0])
    if step.reply is None:
        yield ("☐ ", _("Done."))
        return
    if any(map(COMPUTED.fullmatch, step.do)) or step.page not in READING:
        # What is done changes the run, and each who does it may have another one.
        yield ("☐ ", _("Done."), " ", Told(_without_links(_without_numbers(step.reply))))
        return
    yield tuple(_cloze(step.reply, screen, t))


def _cloze(text: Text, screen: Screen, t: int | None) -> Iterator[str | Blank]:
    """A text with a blank for each of its numbers; its words, steps and units stay."""
    for part in _BRACES.split(said(text)):
        if not _BRACES.fullmatch(part):
            yield LINK.sub(lambda found: found[1], part)
            continue
        value = filled({"en": part}, screen, t)
        yield value if part[1:-1] in ("word", "word before", "t", "unit") else Blank(value)


def _without_numbers(text: Text) -> str:
    return _BRACES.sub("…", said(text))


def _without_links(text: str) -> str:
    return LINK.sub(lambda found: found[1], " ".join(text.split()))


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else in_text(value)


def _strips(screen: Screen, t: int) -> tuple[Strip, ...]:
    """The unit that the lesson speaks of: over all steps, or around this one if many."""
    steps = len(screen.tokens)
    if steps > LONGEST:
        first = min(max(0, t - WINDOW * 2 // 3), steps - WINDOW)
        return (_strip(screen, first),)
    return tuple(_strip(screen, first) for first in range(0, steps, WINDOW))


def _strip(screen: Screen, first: int) -> Strip:
    trace, last = screen.trace, min(len(screen.tokens), first + WINDOW)
    rows = []
    for line in trace.cell.lines:
        low, _high = trace.cell.ranges[line.name]
        values = np.asarray(trace[line.name][:, 0, screen.unit], float)
        rows.append(row_of(line.name, values, low < 0, slice(first, last)))
    return Strip(tuple(rows), screen.tokens[first:last], first + 1)
