"""Payloads beside their types: does what is sent conform, and what are its fields called."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from lstm_viz.stage import payload_types as wire

NUMBERS = {float: (int, float), int: (int,)}


def differences(sent: object, kind: Any, where: str = "") -> Iterator[str]:
    """Where what is sent is not of this type: what is missing, what is too much, what is other."""
    if is_typeddict(kind):
        if not isinstance(sent, dict):
            yield f"{where}: no {kind.__name__}"
            return
        hints = get_type_hints(kind)
        yield from (f"{where}.{key} is missing" for key in hints.keys() - sent.keys())
        yield from (
            f"{where}.{key} is not in {kind.__name__}" for key in sent.keys() - hints.keys()
        )
        for key in hints.keys() & sent.keys():
            yield from differences(sent[key], hints[key], f"{where}.{key}")
        return
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if not any(not list(differences(sent, one)) for one in inside):
            yield f"{where}: {str(sent)[:60]!r} is not of {kind}"
    elif origin is list:
        if not isinstance(sent, list):
            yield f"{where}: no list"
            return
        for number, one in enumerate(sent):
            yield from differences(one, inside[0], f"{where}[{number}]")
    elif origin is dict:
        if not isinstance(sent, dict):
            yield f"{where}: no dictionary"
            return
        for key, one in sent.items():
            yield from differences(key, inside[0], f"{where} (a key)")
            yield from differences(one, inside[1], f"{where}[{key!r}]")
    elif origin is tuple:
        kinds = [inside[0]] * len(sent) if inside[-1] is ... else inside  # type: ignore[arg-type]
        for one, of in zip(sent, kinds, strict=True):  # type: ignore[call-overload]
            yield from differences(one, of, f"{where}(...)")
    elif kind is type(None):
        if sent is not None:
            yield f"{where}: {sent!r} is not None"
    elif isinstance(kind, type):
        fits = isinstance(sent, NUMBERS.get(kind, (kind,)))
        if not fits or (isinstance(sent, bool) and kind is not bool):
            yield f"{where}: {sent!r} is no {kind.__name__}"
    else:  # a tree: a number, a name, or a list of them
        json.dumps(sent, allow_nan=False)


def schema(kind: Any) -> Any:
    """The type for a script that watches what is read.

    ``{"type": name, "fields": {...}}`` for a TypedDict, ``{"each": ...}`` for a list or a
    dictionary, ``{"any": [...]}`` where one of several may come, None for what has no fields.
    """
    if is_typeddict(kind):
        fields = {key: schema(one) for key, one in get_type_hints(kind).items()}
        return {"type": kind.__name__, "fields": fields}
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        found = [one for one in map(schema, inside) if one]
        return found[0] if len(found) == 1 else {"any": found} if found else None
    if origin in (list, dict) and schema(inside[-1]):
        return {"each": schema(inside[-1])}
    return None


def fields_of(kind: Any) -> set[tuple[str, str]]:
    """Each field of a payload and of all its parts, with the name of the type that it is of."""

    def walk(one: Any) -> Iterator[tuple[str, str]]:
        if one is None:
            return
        for name, inside in one.get("fields", {}).items():
            yield one["type"], name
            yield from walk(inside)
        yield from walk(one.get("each"))
        for other in one.get("any", []):
            yield from walk(other)

    return set(walk(schema(kind)))


PAYLOADS = {
    name: kind
    for name, kind in vars(wire).items()
    if name.endswith("Payload") and kind.__module__ == wire.__name__
}
