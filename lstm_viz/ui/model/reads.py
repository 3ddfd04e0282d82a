"""What the model on the page about one's own reads: drawn, a file, typed numbers, or a text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

import numpy as np
import streamlit as st

from lstm_viz.files.text import read_text
from lstm_viz.language import _, ngettext, spoken
from lstm_viz.networks.model import Model
from lstm_viz.networks.uploaded_sequences import (
    MAX_STEPS,
    Read,
    alphabet,
    drawn,
    from_npy,
    from_typed,
    of_numbers,
    of_symbols,
    of_table,
)
from lstm_viz.run.recording import Recording
from lstm_viz.tasks import TASKS
from lstm_viz.ui import address, controls
from lstm_viz.ui.escaped import escaped
from lstm_viz.ui.files import part_choice, table_in, table_shown
from lstm_viz.ui.model.given import EXAMPLE_TASK, LONGEST_NAME, MAX_MB, Given

SAMPLE, DRAWN, FILE, TEXT, TYPED = "sample", "drawn", "file", "text", "typed"
TEXT_FILES = (".txt", ".md", ".py")
KEPT_RECORDINGS = 8  # each at most 32 MB, and 40 MB of what was read
COLUMNS_OFFERED = 50

_KEPT = "sequence kept"


@dataclass(frozen=True)
class Source:
    """Where a sequence comes from: ``data`` are a file's bytes, or what was typed.

    ``columns`` are those of a CSV file that are read, ``symbols`` those that a text is made of.
    ``scaled`` inputs have mean 0 and variance 1; ``by_sequence`` is torch's ``batch_first``.
    """

    kind: str
    name: str = ""
    data: bytes = field(default=b"", repr=False)
    columns: tuple[int, ...] = ()
    part: slice | None = None
    symbols: tuple[str, ...] = ()
    scaled: bool = False
    by_sequence: bool = False

    @property
    def key(self) -> str:
        asked = self.kind, self.columns, str(self.part), self.symbols, self.scaled, self.by_sequence
        rest = repr(asked).encode()
        return hashlib.sha256(rest + self.data).hexdigest()

    @property
    def is_npy(self) -> bool:
        return self.kind == FILE and (
            self.data.startswith(b"\x93NUMPY") or self.name.lower().endswith(".npy")
        )

    @property
    def is_text(self) -> bool:
        is_text_file = self.name.lower().endswith(TEXT_FILES)
        return self.kind == TEXT or (self.kind == FILE and bool(self.symbols) and is_text_file)


@dataclass(frozen=True, eq=False)
class Recorded:
    """A model that read a sequence, and what all its layers did. ``key`` is a hash of both."""

    key: str
    model: Model
    read: Read
    recording: Recording


def sample() -> str:
    """A text in which there is something to keep track of, for models that know its symbols."""
    first, _second, third = TASKS[EXAMPLE_TASK].examples.values()
    return "".join((*third, *first))


def reads_choice(model: Model) -> str:
    """Which kind of sequence is read."""
    titles = {
        SAMPLE: _("The example text"),
        DRAWN: _("Random symbols") if model.is_embedded else _("Random numbers"),
        FILE: _("A file"),
        TYPED: _("Typed numbers"),
        TEXT: _("A text"),
    }
    if not _knows_sample(model):
        titles.pop(SAMPLE)
    if len(model.vectors) < 2:
        titles.pop(TEXT)
    return controls.choice(
        "reads",
        _("What it reads"),
        list(titles),
        title=titles.__getitem__,
        control=st.segmented_control,
        required=True,
        wrap=True,
    )


def recorded(given: Given, model: Model, kind: str) -> Recorded:
    """What the model did; while a sequence cannot be read, with the last one, and why."""
    key = f"{given.key} {model.prefix} {model.cell.name}"
    try:
        source = _asked(model, kind)
        if source is not None:
            found = _recorded(key, source.key, spoken(), model, source)
            st.session_state[_KEPT] = key, source
            return found
    except (ValueError, FloatingPointError) as problem:
        st.error(escaped(str(problem)))
    return _last(key, model)


def _last(key: str, model: Model) -> Recorded:
    """What this model could read last, or else what any such model can."""
    of, source = st.session_state.get(_KEPT, ("", None))
    if of != key or source is None:
        source = Source(SAMPLE if _knows_sample(model) else DRAWN)
    said = {
        SAMPLE: _("Below, the model reads the example text."),
        DRAWN: _("Below, the model reads what was drawn at random."),
    }
    st.caption(said.get(source.kind, _("Below, the model reads what could be read last.")))
    return _recorded(key, source.key, spoken(), model, source)


def _knows_sample(model: Model) -> bool:
    return model.symbols is not None and set(sample()) <= set(model.symbols)


@st.cache_resource(max_entries=KEPT_RECORDINGS, show_spinner=False)
def _recorded(key: str, source_key: str, language: str, _model: Model, _source: Source) -> Recorded:
    """Raises ValueError with a sentence, in the language being spoken."""
    del language
    read = _read(_model, _source)
    return Recorded(f"{key} {source_key}", _model, read, _model.record(read.x))


def _read(model: Model, source: Source) -> Read:
    symbols = source.symbols or model.symbols
    if source.kind == DRAWN:
        return drawn(model)
    if source.kind == SAMPLE:
        return of_symbols(sample(), model, symbols or ())
    if source.is_text:
        text = read_text(source.data) if source.kind == FILE else source.data.decode()
        return of_symbols(text[source.part] if source.part else text, model, symbols or ())
    if source.kind == TYPED:
        numbers = from_typed(source.data.decode())
    elif source.is_npy:
        numbers = from_npy(source.data)
        numbers = numbers.swapaxes(0, 1) if source.by_sequence else numbers
    else:
        numbers = of_table(table_in(source.data), source.columns)
        numbers = numbers[source.part] if source.part else numbers
    if source.scaled:
        numbers = _standardised(numbers)
    return of_numbers(numbers, model, symbols)


def _standardised(numbers: np.ndarray) -> np.ndarray:
    """Each input with mean 0 and variance 1 over its steps and sequences."""
    width = numbers.shape[-1] if numbers.ndim > 1 else 1
    rows = numbers.reshape(-1, width).astype(float)
    spread = rows.std(axis=0)
    found: np.ndarray = (rows - rows.mean(axis=0)) / np.where(spread > 0, spread, 1)
    return found.reshape(numbers.shape)


# ---- what is asked for ---------------------------------------------------------------------------


def _asked(model: Model, kind: str) -> Source | None:
    """The source that the controls describe; None while something is still to be given.

    Raises ValueError with a sentence.
    """
    if kind == FILE:
        return _asked_file(model)
    if kind == TYPED:
        return _asked_numbers(model)
    if kind == TEXT:
        return _asked_text(model)
    return Source(kind)


def _asked_file(model: Model) -> Source | None:
    label = _("An NPY file, a CSV file with a row a step, or a text; at most {most} MB")
    file = st.file_uploader(label.format(most=MAX_MB), max_upload_size=MAX_MB, key="sequence file")
    st.caption(_(address.NO_FILE))
    if file is None:
        return None
    source = Source(FILE, file.name[-LONGEST_NAME:], file.getvalue(), symbols=model.symbols or ())
    if source.is_text:
        text = read_text(source.data)
        label = _("Which characters to read")
        if len(text) > MAX_STEPS:
            return replace(source, part=part_choice(label, len(text), MAX_STEPS, "read text"))
        return source
    if not source.is_npy:
        table = table_in(source.data)
        table_shown(table)
        if table.rows > MAX_STEPS:
            label = _("Which rows to read")
            source = replace(source, part=part_choice(label, table.rows, MAX_STEPS, "read rows"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if source.is_npy:
            has_batch = from_npy(source.data).ndim == 3
            return replace(
                source, scaled=_scaled_choice(), by_sequence=has_batch and _by_sequence_choice()
            )
        columns = _columns_choice(source, model)
        return replace(source, columns=columns, scaled=_scaled_choice())


def _columns_choice(source: Source, model: Model) -> tuple[int, ...]:
    """Which columns of a table are read where it has more than the model: at first the last."""
    names = list(table_in(source.data).columns)
    count = len(names)
    if not model.inputs < count <= COLUMNS_OFFERED:
        return ()
    chosen = controls.choices(
        "columns",
        ngettext("{number} column to read", "{number} columns to read", model.inputs).format(
            number=model.inputs
        ),
        range(count),
        range(count - model.inputs, count),
        title=lambda k: names[k][:LONGEST_NAME],
        most=model.inputs,
        max_selections=model.inputs,
        scope=f"{source.key} for {model.inputs}",
    )
    if len(chosen) < model.inputs:
        raise ValueError(
            ngettext("Choose {number} column.", "Choose {number} columns.", model.inputs).format(
                number=model.inputs
            )
        )
    return tuple(chosen)


def _scaled_choice() -> bool:
    return controls.switch(
        "scaled",
        _("Scale each input to mean 0 and variance 1"),
        help=_("A network expects its inputs as they were scaled when it was trained."),
    )


def _by_sequence_choice() -> bool:
    return controls.switch(
        "batch_first",
        _("The first axis counts sequences (batch_first)"),
        help=_("Otherwise it counts steps, and the second axis sequences."),
    )


def _asked_numbers(model: Model) -> Source:
    """Numbers a line a step; through an embedding, the numbers of symbols."""
    width, last = model.inputs, len(model.vectors) - 1
    label = ngettext(
        "{inputs} number a line, a line a step", "{inputs} numbers a line, a line a step", width
    ).format(inputs=width)
    scope = f"numbers for {width}"
    if model.is_embedded:
        label = _("The numbers of symbols, 0 to {last}, a line a step").format(last=last)
        scope = f"symbols of {last}"
    begin = _numbers_to_begin_with(model)
    text = controls.words("numbers", label, begin, control=st.text_area, scope=scope)
    scaled = False if model.is_embedded else _scaled_choice()
    return Source(TYPED, data=text.encode(errors="replace"), scaled=scaled)


def _numbers_to_begin_with(model: Model) -> str:
    """A pulse: 1 in every input at the second of twelve steps, else 0; or the first symbols."""
    if model.is_embedded:
        return "\n".join(map(str, range(min(12, len(model.vectors)))))
    rows = [" ".join([str(int(step == 1))] * model.inputs) for step in range(12)]
    return "\n".join(rows) if model.inputs <= 16 else ""


def _asked_text(model: Model) -> Source:
    symbols = model.symbols or _symbols_choice(model)
    text = controls.words(
        "text",
        _("The text, at most {most} symbols").format(most=MAX_STEPS),
        _text_to_begin_with(model, symbols),
        control=st.text_area,
        scope=f"{len(symbols)}" + (" named" if model.symbols else ""),
    )
    return Source(TEXT, data=text.encode(errors="replace"), symbols=symbols)


def _symbols_choice(model: Model) -> tuple[str, ...]:
    """The symbols as a person lists them; at first a, b, c and so on, of which the page says so."""
    count = len(model.vectors)
    text = controls.words(
        "symbols",
        _("Its {count} symbols in their order, or words with spaces between them").format(
            count=count
        ),
        _letters(count),
        scope=str(count),
        help=_("The first one is row 0 of the embedding, or the first of the inputs."),
    )
    return alphabet(text, model)


def _letters(count: int) -> str:
    """As many symbols as the model tells apart, from ASCII where they suffice."""
    letters = [chr(code) for code in (*range(97, 123), *range(65, 91), *range(48, 58))]
    numbered = [f"w{number}" for number in range(count)]
    return "".join(letters[:count]) if count <= len(letters) else " ".join(numbered)


def _text_to_begin_with(model: Model, symbols: tuple[str, ...]) -> str:
    if _knows_sample(model):
        return sample()
    between = "" if all(len(symbol) == 1 for symbol in symbols) else " "
    return between.join(symbols[:40] * 2)
