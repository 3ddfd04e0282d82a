"""Choices that stand in the address by their short names, the same in every language.

Streamlit's own ``bind="query-params"`` writes the label that is shown, which is translated; it is
right for numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st


def one_of(key: str, options: Sequence[str], default: str) -> str:
    """The choice with which a control of this key starts: the address's, else the default."""
    asked = st.query_params.get(key, default)
    if st.session_state.get(key) not in options:
        st.session_state[key] = asked if asked in options else default
    return str(st.session_state[key])


def some_of(key: str, options: Sequence[str], default: Sequence[str]) -> list[str]:
    """The choices with which a control of this key starts; those that no longer exist are left."""
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get_all(key) or list(default)
    chosen = [str(name) for name in st.session_state[key] if name in options]
    st.session_state[key] = chosen
    return chosen


def number(key: str, default: int) -> int:
    """The whole number that the address has under this name."""
    asked = st.query_params.get(key, "")
    return int(asked) if asked.isdecimal() and len(asked) < 6 else default


def write(key: str, chosen: str | Sequence[str], default: str | Sequence[str]) -> None:
    """Put what is chosen into the address, nothing where it is the default."""
    chosen, default = _listed(chosen), _listed(default)
    if chosen == default:
        st.query_params.pop(key, None)
    elif st.query_params.get_all(key) != chosen:
        st.query_params[key] = chosen


def _listed(chosen: str | Sequence[str]) -> list[str]:
    return [chosen] if isinstance(chosen, str) else list(chosen)


def selected(
    label: str,
    key: str,
    options: Sequence[str],
    default: str,
    title: Callable[[str], str] = str,
    control: Callable[..., str] = st.selectbox,
    **settings: Any,
) -> str:
    """One of the options, by a control of Streamlit's that takes options and a format."""
    one_of(key, options, default)
    chosen = control(label, options, format_func=title, key=key, **settings) or default
    write(key, chosen, default)
    return chosen


def several(
    label: str,
    key: str,
    options: Sequence[str],
    default: Sequence[str],
    title: Callable[[str], str] = str,
    control: Callable[..., list[str]] = st.multiselect,
    **settings: Any,
) -> list[str]:
    """Some of the options."""
    some_of(key, options, default)
    chosen = control(label, options, format_func=title, key=key, **settings)
    write(key, chosen, default)
    return chosen
