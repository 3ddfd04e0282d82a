"""The symbols that a model reads, as the metadata of its file names them.

Everybody writes them differently: a list; a dict from symbol to number or the other way round; one
text of single characters, or with a symbol on each line; JSON, sometimes JSON inside JSON, under
any name. Each is tried, and what
names as many symbols as the model reads is taken. What names others is said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from lstm_viz.language import _, ngettext

LONGEST = 200  # characters of a symbol
MOST = 1_000_000
# In this order, where several would do.
USUAL = ("symbols", "vocab", "itos", "idx", "char", "word", "token", "stoi")

SURE = ("symbols", "vocab")  # in the name of what can be nothing else


def vocabulary(
    words: Mapping[str, str], expected: int
) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The symbols, of which the model reads ``expected``, if they are named; and notes."""
    notes = []
    named = sorted(words.items(), key=_rank)
    for name, text in named:
        lists = list(_lists(name, text))
        if not lists and expected and any(word in name.lower() for word in SURE):
            notes.append(
                _(
                    "“{name}” is no list of symbols in a form that is known here; JSON is, such as "
                    '["a", "b"].'
                ).format(name=name[:40])
            )
        for listed in lists:
            fitting = _fitted(listed, expected)
            if fitting is not None:
                symbols, filled = fitting
                if filled:
                    notes.append(
                        _("{count} of the symbols have no name in “{name}”, such as {one}.").format(
                            count=len(filled), name=name[:40], one=filled[0]
                        )
                    )
                if len(set(symbols)) < len(symbols):
                    notes.append(
                        _("In “{name}” some symbols are equal; the first of them is typed.").format(
                            name=name[:40]
                        )
                    )
                return symbols, tuple(notes)
            if listed and expected:
                notes.append(
                    ngettext(
                        "“{name}” names {given} symbol; this model reads {wanted}.",
                        "“{name}” names {given} symbols; this model reads {wanted}.",
                        len(listed),
                    ).format(name=name[:40], given=len(listed), wanted=expected)
                )
    return None, tuple(dict.fromkeys(notes))


def checked_symbols(listed: object, expected: int) -> tuple[str, ...] | None:
    """The symbols, if they are as many texts as expected; else None."""
    if not isinstance(listed, list | tuple) or not 0 < len(listed) == expected <= MOST:
        return None
    if not all(isinstance(one, str) and len(one) <= LONGEST for one in listed):
        return None
    return tuple(listed)


def _rank(item: tuple[str, str]) -> int:
    name = item[0].lower()
    return next((k for k, usual in enumerate(USUAL) if usual in name), len(USUAL))


def _lists(name: str, text: str) -> Iterator[dict[int, str]]:
    """Every vocabulary that a word of the metadata could be, by number."""
    value = _parsed(text)
    if isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, str):
        if _rank((name, "")) < len(USUAL):
            if len(set(value)) == len(value) > 1:
                yield dict(enumerate(value))
            lines = value.removesuffix("\n").split("\n")
            if len(lines) > 1:
                yield dict(enumerate(line.removesuffix("\r") for line in lines))
        return
    yield from _numbered(value)
    if isinstance(value, dict):
        for inside in value.values():
            yield from _numbered(inside)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _numbered(value: object) -> Iterator[dict[int, str]]:
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        yield dict(enumerate(value))
    elif isinstance(value, dict) and value:
        if all(type(one) is int for one in value.values()):
            yield {number: symbol for symbol, number in value.items()}
        elif all(_is_count(key) and isinstance(one, str) for key, one in value.items()):
            yield {int(key): one for key, one in value.items()}


def _is_count(key: object) -> bool:
    return isinstance(key, str) and key.isascii() and key.isdigit()


def _fitted(listed: Mapping[int, str], expected: int) -> tuple[tuple[str, ...], list[str]] | None:
    """The symbols in their order, those without a name as ``<7>``, and these; None if none fit."""
    if not listed or not 0 <= min(listed) <= max(listed) < expected <= MOST:
        return None
    if 2 * len(listed) < expected or any(len(one) > LONGEST for one in listed.values()):
        return None
    is_list = sorted(listed) == list(range(len(listed)))
    if is_list and len(listed) < expected:  # it is another vocabulary, not one with holes
        return None
    missing = [f"<{number}>" for number in range(expected) if number not in listed]
    return tuple(listed.get(number, f"<{number}>") for number in range(expected)), missing
