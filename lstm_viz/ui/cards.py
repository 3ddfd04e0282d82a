"""Statements to decide on, one at a time: what was chosen, whether it is right, what settles it.

The address has the card that is shown and all that was decided: a reload or a link goes on there.
Right and wrong differ by sign, word and the box's edge (browser/css/shell.css), not by colour only.
"""

from __future__ import annotations

import streamlit as st

from lstm_viz.cells.symbols import raised, with_minus
from lstm_viz.language import _
from lstm_viz.ui import address, controls
from lstm_viz.ui.navigation import title_at
from lstm_viz.ui.shell import choices_line
from lstm_viz.words.literature import CERTAINTY
from lstm_viz.words.myths import CARDS, Card, Outcome

NAMES = {True: "true", False: "false"}  # in the address
SIGNS = {None: "", True: "✓", False: "✗"}


def cards() -> None:
    """The card that is chosen, the way to the next one, and how far one has come."""
    decided = _decided()
    line = choices_line()
    keys = [card.key for card in CARDS]
    with line:
        key = controls.choice(
            "card", _("Card"), keys, title=lambda one: _numbered(keys.index(one), decided)
        )
    place = keys.index(key)
    with st.container(key="one card"):
        _shown(CARDS[place], decided)
    with line:
        _beside(_("Back"), keys, place - 1, is_next=False)
        _beside(_("Next card"), keys, place + 1, is_next=decided[key] is not None)
        _progress(decided)
    for holds, name in NAMES.items():
        address.put(name, [key for key, chosen in decided.items() if chosen is holds])


def _numbered(place: int, decided: dict[str, bool | None]) -> str:
    """Which of all cards, and how it was decided, if it was: "3 of 25 ✓"."""
    said = _("{number} of {all}").format(number=place + 1, all=len(CARDS))
    return f"{said} {SIGNS[_is_right(CARDS[place], decided)]}".strip()


def _is_right(card: Card, decided: dict[str, bool | None]) -> bool | None:
    chosen = decided[card.key]
    return None if chosen is None else chosen == card.holds


def _beside(label: str, keys: list[str], place: int, is_next: bool) -> None:
    """A button to another card; ``is_next`` where it is what one does now."""
    is_there = 0 <= place < len(keys)
    st.button(
        label,
        on_click=address.put,
        args=("card", keys[place] if is_there else keys[0]),
        disabled=not is_there,
        type="primary" if is_next and is_there else "secondary",
    )


def _progress(decided: dict[str, bool | None]) -> None:
    results = [_is_right(card, decided) for card in CARDS]
    answered = sum(result is not None for result in results)
    st.progress(
        answered / len(CARDS),
        _("Decided: {answered} of {all}, rightly: {right}.").format(
            answered=answered, all=len(CARDS), right=sum(result is True for result in results)
        ),
    )


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
    st.header(_(card.statement), anchor=False)
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
    is_right = bool(_is_right(card, decided))
    with st.container(border=True, key=f"verdict {'right' if is_right else 'wrong'}"):
        _settled(card, is_right)


def _settled(card: Card, is_right: bool) -> None:
    verdict = _("It is true.") if card.holds else _("It is false.")
    agreed = _("Right.") if is_right else _("Not so.")
    hue = "green" if is_right else "red"
    st.markdown(f":{hue}[**{SIGNS[is_right]} {agreed}**] {verdict} {_(card.because)}")
    if card.experiment:
        outcome = _found(card.key)
        numbers = {
            name: Printed(value) if isinstance(value, float) else value
            for name, value in outcome.numbers.items()
        }
        sentence = _(outcome.sentence).format(**numbers)
        st.markdown(_("**Run just now:** {sentence}").format(sentence=sentence))
    where = _("Show me: {page}").format(page=title_at(card.see.partition("?")[0]))
    st.markdown(f"[{where}]({card.see})")
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
