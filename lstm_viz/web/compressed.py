"""Streamlit's own scripts and styles, compressed once and kept.

Streamlit sends them as they are, 3 MB to each new visitor and 8 with a chart, because it would
compress them anew for each. A file that carries its own hash in its name never changes: it is
compressed when the first visitor asks, in a thread, and those who come meanwhile wait for that.

In the place of its typeface of 4,000 icons goes one with those that are shown, an eighth as large,
and in that of its text, in which nothing is set, an empty one (`deploy/icons.py`). Under the same
name others may come with another version of this app, so a browser asks each day whether it is
still the same.
"""

from __future__ import annotations

import asyncio
import gzip
import mimetypes
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER = Path(st.__file__).parent / "static"
COMPRESSIBLE = {".js", ".css", ".json", ".svg", ".wasm", ".map"}
A_YEAR = "public, immutable, max-age=31536000"
A_DAY = "public, max-age=86400"
FONTS = Path(__file__).resolve().parents[1] / "ui" / "static" / "fonts"


@cache
def smaller() -> Mapping[str, bytes]:
    """By Streamlit's names, of just this version: the typefaces that go out in their place."""
    icons = (FONTS / "icons.txt").read_text(encoding="utf-8").partition("\n")[0]
    text = [file.name for file in (FOLDER / "static" / "media").glob("SourceSans*.woff2")]
    empty = (FONTS / "empty.woff2").read_bytes()
    return {icons: (FONTS / "icons.woff2").read_bytes(), **dict.fromkeys(text, empty)}


def takes_gzip(scope: Scope) -> bool:
    """Whether the browser reads what is compressed, and wants all of it."""
    asked = Headers(scope=scope)
    encodings = asked.get("accept-encoding", "").split(",")
    return "gzip" in {one.partition(";")[0].strip() for one in encodings} and "range" not in asked


class Compressed:
    """Answers a GET below /static/ from memory: typefaces, and all else where gzip is taken."""

    def __init__(self, app: ASGIApp, folder: Path = FOLDER) -> None:
        self.app = app
        self.folder = folder.resolve()
        self._kept: dict[Path, asyncio.Future[bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "/static/media/" in scope["path"]:
            small = smaller().get(scope["path"].rpartition("/")[2])
            if small is not None:
                headers = {"Cache-Control": A_DAY}
                answer = Response(small, headers=headers, media_type="font/woff2")
                return await answer(scope, receive, send)
        file = self._file(scope)
        if file is None:
            return await self.app(scope, receive, send)
        body = await self._compressed(file)
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "Cache-Control": A_YEAR}
        await Response(body, headers=headers, media_type=kind)(scope, receive, send)

    def _file(self, scope: Scope) -> Path | None:
        """The file that is asked for, when it is one of Streamlit's and the browser takes gzip."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        base = "/" + str(st.get_option("server.baseUrlPath") or "").strip("/")
        path = str(scope["path"]).removeprefix(base.rstrip("/"))
        if not path.startswith("/static/") or not takes_gzip(scope):
            return None
        try:
            file = (self.folder / path[1:]).resolve()
            fits = (
                file.is_relative_to(self.folder) and file.suffix in COMPRESSIBLE and file.is_file()
            )
        except (OSError, ValueError):  # a name too long, or with a zero in it
            return None
        return file if fits else None

    async def _compressed(self, file: Path) -> bytes:
        if file not in self._kept:
            work = asyncio.to_thread(lambda: gzip.compress(file.read_bytes(), 9, mtime=0))
            self._kept[file] = asyncio.ensure_future(work)
        try:
            return await asyncio.shield(self._kept[file])
        except OSError:
            del self._kept[file]
            raise
