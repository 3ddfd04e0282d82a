"""Python source, character by character, from the standard library of the Python that runs this.

The vocabulary is printable ASCII and the newline. Lines with any other character, a tab included,
are left out of what is learnt; in what a person types a tab is four spaces, and any other character
is refused. Whole files are held out, so nothing in the test stands beside what was trained on.
"""

from __future__ import annotations

import math
import sysconfig
from collections import Counter
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from zlib import crc32

import numpy as np

from lstm_viz.language import N_, _
from lstm_viz.rounded import percent
from lstm_viz.tasks.facts import Fact, both_measures
from lstm_viz.tasks.loss import interval_of_loss, mean_loss
from lstm_viz.tasks.score import Learnt, Metrics, Score, seeds
from lstm_viz.tasks.task import TEST, VALIDATION, Batch, Examined, Reads, Recipe, Sequence, Task
from lstm_viz.tasks.typed import characters
from lstm_viz.tasks.units import memory_of, unit_that_tells

SYMBOLS = ("\n", *(chr(code) for code in range(32, 127)))
NUMBERS = {symbol: number for number, symbol in enumerate(SYMBOLS)}
WINDOW = 100  # characters a network is trained on in one go
SPAN, SPANS = 200, 300  # the test: so many stretches of so many characters
PIECE = 50  # of them are read at once
HELD_OUT_ONE_IN = 8
STRING, BRACKETS = N_("inside a string"), N_("inside brackets")
COMMENT, INDENT = N_("inside a comment"), N_("where a line begins")


def is_kept(file: Path) -> bool:
    """Whether a file is kept for the test, by a checksum of its name."""
    return crc32(file.name.encode()) % HELD_OUT_ONE_IN == 0


@cache
def source(held_out: bool) -> np.ndarray:
    """The modules at the top of the standard library, one after the other, as symbol numbers."""
    library = Path(sysconfig.get_path("stdlib"))
    files = [file for file in sorted(library.glob("*.py")) if is_kept(file) == held_out]
    if not files:
        raise FileNotFoundError(
            _(
                "There are no Python files in {library}, where the standard library should be. "
                "This task learns from them; it needs a Python that was installed with its "
                "sources."
            ).format(library=library)
        )
    known = set(SYMBOLS)
    numbers = {ord(symbol): number for number, symbol in enumerate(SYMBOLS)}
    lines = (
        line
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines(keepends=True)
        if set(line) <= known
    )
    return np.array([numbers[ord(character)] for character in "".join(lines)], np.int16)


def windows(text: np.ndarray, starts: np.ndarray, length: int) -> Batch:
    """Inputs and targets (length, B) from the places where they start."""
    codes = text[starts + np.arange(length + 1)[:, None]].astype(int)
    return codes[:-1], codes[1:]


def batch(rng: np.random.Generator, size: int) -> Batch:
    text = source(held_out=False)
    return windows(text, rng.integers(0, len(text) - WINDOW, size), WINDOW)


def held_out(rng: np.random.Generator, size: int) -> Batch:
    text = source(held_out=True)
    return windows(text, rng.integers(0, len(text) - WINDOW - 1, size), WINDOW)


@cache
def judged_on(stream: int = TEST) -> Batch:
    """The stretches by which a network is judged, or chosen: no two of them overlap."""
    text = source(held_out=True)
    ends = np.array([0, len(text) // 2, len(text)]) // (SPAN + 1)
    half = slice(*ends[:2]) if stream == VALIDATION else slice(*ends[1:])
    places = np.arange(ends[-1])[half] * (SPAN + 1)
    return windows(text, np.random.default_rng(stream).permutation(places)[:SPANS], SPAN)


def measure(network: Reads, stream: int = TEST) -> Metrics:
    """In bits per character; every stretch is read from a state that knows nothing."""
    inputs, targets = judged_on(stream)
    pieces = np.array_split(inputs, SPANS // PIECE, axis=1)
    outputs = np.concatenate([network.record(piece).output for piece in pieces], axis=1)
    memory = memory_of(network.record(pieces[0]))
    always = np.ones(pieces[0].shape, bool)
    return {
        "bits_per_character": mean_loss(outputs, targets) / math.log(2),
        "interval": [end / math.log(2) for end in interval_of_loss(outputs, targets)],
        "top_character_right": float((outputs.argmax(-1) == targets).mean()),
        "units_that_know": {
            what: unit_that_tells(memory, is_so, always)
            for what, is_so in surroundings(pieces[0]).items()
        },
        "learnt_from": f"Python {sysconfig.get_python_version()}",
    }


def surroundings(codes: np.ndarray) -> dict[str, np.ndarray]:
    """Where each character (T, B) stands, as far as it can be told from the stretch alone.

    Strings end with their line at the latest, and brackets count outside strings and comments.
    """
    found = {what: np.zeros(codes.shape, bool) for what in (STRING, BRACKETS, COMMENT, INDENT)}
    for column in range(codes.shape[1]):
        quote, depth, comment, indent = "", 0, False, False
        for step, code in enumerate(codes[:, column]):
            character = SYMBOLS[code]
            if character == "\n":
                quote, comment = "", False
            elif quote:
                quote = "" if character == quote else quote
            elif not comment:
                comment = character == "#"
                quote = character if character in "'\"" else ""
                depth = max(0, depth + (character in "([{") - (character in ")]}"))
            indent = character == "\n" or (indent and character == " ")
            found[STRING][step, column] = bool(quote)
            found[BRACKETS][step, column] = depth > 0
            found[COMMENT][step, column] = comment
            found[INDENT][step, column] = indent
    return found


def baselines() -> dict[str, float]:
    """Bits per character of one who knows how often each character, or each pair, is used."""
    text, (inputs, targets) = source(held_out=False), judged_on()
    counts = Counter(text.tolist())
    single = np.array([counts[number] + 1 for number in range(len(SYMBOLS))], float)
    pairs = np.ones((len(SYMBOLS), len(SYMBOLS)))
    np.add.at(pairs, (text[:-1], text[1:]), 1)
    of_pair = pairs / pairs.sum(1, keepdims=True)
    return {
        UNIGRAM: float(-np.log2(single / single.sum())[targets].mean()),
        PAIRS: float(-np.log2(of_pair)[inputs, targets].mean()),
    }


UNIGRAM, PAIRS = N_("how often each character is used"), N_("how often each pair is used")


def bits(network: Reads, examined: Examined) -> float:
    """Bits per character on what was never trained on."""
    del network
    return mean_loss(examined.outputs, examined.targets) / math.log(2)


def knowing() -> dict[str, float]:
    alike = {N_("any character alike"): math.log(len(SYMBOLS))}
    return alike | {name: math.log(2) * bits for name, bits in baselines().items()}


def best_cell(learnt: Learnt) -> str:
    best = min(learnt.networks, key=lambda scored: scored.value)
    return _(
        "{cell} guesses the next character right in {share} of all cases; it needs {bits:.2f} bits "
        "for each, where counting single characters needs {unigram:.2f}, and counting pairs "
        "{pairs:.2f}."
    ).format(
        cell=best.title,
        share=percent(best.metrics["top_character_right"]),
        bits=best.value,
        unigram=learnt.baselines[UNIGRAM],
        pairs=learnt.baselines[PAIRS],
    )


def units_of_the_lstm(learnt: Learnt) -> str:
    units = _(", ").join(
        _("{what} by unit {unit} ({tells}; held, {turned} of {cases} wrong)").format(
            **both_measures(held)
        )
        for held in learnt.of("lstm").holds
    )
    return _(
        "In the LSTM it is told best: {units}. Told with so much balanced accuracy, of which a "
        "coin has 50%; held: kept as it was where that changed, so many answers until the next "
        "change turned wrong."
    ).format(units=units)


def _fact(what: str, said: str) -> Fact:
    def of(sequence: Sequence) -> np.ndarray:
        codes = np.array([[NUMBERS[symbol]] for symbol in sequence])
        return surroundings(codes)[what][:, 0].astype(float)

    return Fact(what=said, of=of)


FACTS = (
    _fact(STRING, N_("whether this is inside a string")),
    _fact(BRACKETS, N_("whether a bracket is open")),
    _fact(COMMENT, N_("whether this is inside a comment")),
    _fact(INDENT, N_("whether a line begins here")),
)
RECIPE = Recipe(hidden=64, embedding=24, steps=4000, batch=32)

TASK = Task(
    name="python",
    title=N_("Python, character by character"),
    question=N_(
        "Which units know that a bracket is open, that this is a string, how far to indent?"
    ),
    symbols=SYMBOLS,
    examples={
        N_("Brackets and a string"): tuple(
            'def greet(self, name, *args):\n    """Say hello."""\n'
            '    if name in self.known:\n        return "Hello, " + self.known[name][0]\n'
        ),
        N_("Indented and back"): tuple(
            "class Counter:\n    def add(self, key):\n        for item in self.items:\n"
            "            if item == key:\n                break\n        return None\n\n"
            "def main():\n    pass\n"
        ),
        N_("A comment and a list"): tuple(
            "# The longest path comes first.\n"
            "paths = [os.path.join(root, name) for name in sorted(files)]\n"
        ),
    },
    batch=batch,
    held_out=held_out,
    metric=bits,
    measured=measure,
    validated=partial(measure, stream=VALIDATION),
    judged_on=judged_on,
    score=Score("bits_per_character", N_("loss"), N_("bits per character")),
    baselines=baselines,
    knowing=knowing,
    recipe=RECIPE,
    in_class=replace(RECIPE, steps=1000),
    ships=True,
    facts=FACTS,
    caption=(best_cell, units_of_the_lstm, seeds),
    read_text=partial(characters, symbols=SYMBOLS),
    between="",
)
