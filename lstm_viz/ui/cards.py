"""Statements to decide on: what was chosen, whether it is right, and the run that settles it."""

from __future__ import annotations

import streamlit as st

from lstm_viz.cells.symbols import raised, with_minus
from lstm_viz.language import _
from lstm_viz.ui import address
from lstm_viz.words.literature import CERTAINTY
from lstm_viz.words.myths import CARDS, Card, Outcome

COLUMNS = 2
NAMES = {True: "true", False: "false"}  # in the address


def cards() -> None:
    """All cards, and how many have been decided rightly."""
    decided = _decided()
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
                _shown(card, decided)
    for holds, name in NAMES.items():
        address.put(name, [key for key, chosen in decided.items() if chosen is holds])


def _decided() -> dict[str, bool | None]:
    """What was said of each card; the address has those called true, and those called false."""
    said: dict[str, bool | None] = dict.fromkeys(card.key for card in CARDS)
    is_new = any(address.is_new(name) for name in NAMES.values())
    for holds, name in NAMES.items():
        said |= {key: holds for key in address.named(name) if key in said}
    for card in CARDS:
        if is_new or _key(card) not in st.session_state:
            st.session_state[_key(card)] = said[card.key]
    return {card.key: st.session_state[_key(card)] for card in CARDS}


def _shown(card: Card, decided: dict[str, bool | None]) -> None:
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
    decided[card.key] = chosen
    if chosen is None:
        return
    verdict = _("It is true.") if card.holds else _("It is false.")
    is_right = chosen == card.holds
    agreed = _("Right.") if is_right else _("Not so.")
    mark = "green-badge[:material/check:" if is_right else "red-badge[:material/close:"
    st.markdown(f":{mark} {agreed}] {verdict} {_(card.because)}")
    if card.experiment:
        outcome = _found(card.key)
        numbers = {
            name: Printed(value) if isinstance(value, float) else value
            for name, value in outcome.numbers.items()
        }
        sentence = _(outcome.sentence).format(**numbers)
        st.markdown(_("**Run just now:** {sentence}").format(sentence=sentence))
    st.caption(f"{_(card.source)} · {_(CERTAINTY[card.certainty])}")


class Printed(float):
    """A number that every format writes as a book does: a true minus, powers of ten, a plain 0."""

    def __format__(self, how: str) -> str:
        digits, _e, exponent = super().__format__(how).partition("e")
        digits = with_minus(digits)
        if not exponent:
            return digits
        return f"{digits} · 10{raised(int(exponent))}" if self else "0"


def _key(card: Card) -> str:
    return f"decided {card.key}"


@st.cache_resource(show_spinner=False, max_entries=len(CARDS))
def _found(key: str) -> Outcome:
    experiment = next(card.experiment for card in CARDS if card.key == key)
    assert experiment is not None
    return experiment()
