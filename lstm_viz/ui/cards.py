"""Statements to decide on: what was chosen, whether it is right, and the run that settles it."""

from __future__ import annotations

import re

import streamlit as st

from lstm_viz.language import _
from lstm_viz.words.literature import CERTAINTY
from lstm_viz.words.myths import CARDS, Card, Outcome

COLUMNS = 2
_POWER = re.compile(r"(\d(?:\.\d+)?)e([+-]\d+)")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def cards() -> None:
    """All cards, and how many have been decided rightly."""
    decided = {card.key: st.session_state.get(_key(card)) for card in CARDS}
    answered = [card for card in CARDS if decided[card.key] is not None]
    right = sum(decided[card.key] == card.holds for card in answered)
    st.caption(
        _("Decided: {answered} of {all}, rightly: {right}.").format(
            answered=len(answered), all=len(CARDS), right=right
        )
    )
    for first in range(0, len(CARDS), COLUMNS):
        for column, card in zip(st.columns(COLUMNS), CARDS[first : first + COLUMNS], strict=False):
            with column, st.container(border=True):
                _shown(card)


def _shown(card: Card) -> None:
    st.markdown(f"**{_(card.statement)}**")
    said = {True: _("True"), False: _("False")}
    chosen = st.segmented_control(
        _(card.statement),
        [True, False],
        format_func=said.__getitem__,
        key=_key(card),
        label_visibility="collapsed",
        persist_state="session",
    )
    if chosen is None:
        return
    verdict = _("It is true.") if card.holds else _("It is false.")
    agreed = _("Right.") if chosen == card.holds else _("Not so.")
    st.markdown(f"{agreed} {verdict} {_(card.because)}")
    if card.experiment:
        outcome = _found(card.key)
        sentence = _(outcome.sentence).format(**outcome.numbers)
        st.markdown(_("**Run just now:** {sentence}").format(sentence=as_printed(sentence)))
    st.caption(f"{_(card.source)} · {_(CERTAINTY[card.certainty])}")


def as_printed(sentence: str) -> str:
    """With a true minus before a number, and powers of ten as a book has them."""
    powers = _POWER.sub(_power, sentence)
    return re.sub(r"(?<![\w.])-(?=\d)", "−", powers)


def _power(found: re.Match[str]) -> str:
    digits, exponent = found[1], int(found[2])
    return "0" if float(digits) == 0 else f"{digits} · 10{str(exponent).translate(_RAISED)}"


def _key(card: Card) -> str:
    return f"decided {card.key}"


@st.cache_resource(show_spinner=False, max_entries=len(CARDS))
def _found(key: str) -> Outcome:
    experiment = next(card.experiment for card in CARDS if card.key == key)
    assert experiment is not None
    return experiment()
