"""How much the visitors' files may take together.

Streamlit holds an uploaded file in memory until its session ends, whatever its name, and checks
the size of each alone: a hundred files of 5 MB under invented names filled 672 MB.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from lstm_viz.language import N_, Sentence
from lstm_viz.web.refused import refused

_NO_LENGTH = Sentence(N_("How long is the file? Send a Content-Length."))
_YOURS_FILL = Sentence(N_("Remove a file first: yours fill the place."))
_ALL_FILL = Sentence(N_("The visitors’ files fill the place. Try again in some minutes."))

FILES_EACH = 2  # of the largest size that one file may have, for one session
FILES_IN_ALL = 16
_PLACE = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+$")
MB = 2**20


def held() -> Mapping[str, int]:
    """Session -> bytes of its files in Streamlit's memory."""
    manager = Runtime.instance().uploaded_file_mgr if Runtime.exists() else None
    if not isinstance(manager, MemoryUploadedFileManager):
        return {}
    with manager._lock:
        return {
            session: sum(len(file.data) for file in files.values())
            for session, files in manager.file_storage.items()
        }


class Uploads:
    """Refuses, in words, a file that does not fit any more."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._coming: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        place = _PLACE.search(scope["path"]) if scope["type"] == "http" else None
        if place is None or scope["method"] not in ("PUT", "POST"):
            return await self.app(scope, receive, send)
        session = place[1]
        announced = Headers(scope=scope).get("content-length", "")
        if not announced.isdecimal():
            return await refused(411, _NO_LENGTH, scope, receive, send)
        size, one = int(announced), st.get_option("server.maxUploadSize") * MB
        kept = held()
        mine = kept.get(session, 0) + self._coming.get(session, 0)
        all_of_them = sum(kept.values()) + sum(self._coming.values())
        if mine + size > FILES_EACH * one:
            return await refused(413, _YOURS_FILL, scope, receive, send)
        if all_of_them + size > FILES_IN_ALL * one:
            return await refused(413, _ALL_FILL, scope, receive, send)
        self._coming[session] = self._coming.get(session, 0) + size
        try:
            await self.app(scope, receive, send)
        finally:
            self._coming[session] -= size
            if not self._coming[session]:
                del self._coming[session]
