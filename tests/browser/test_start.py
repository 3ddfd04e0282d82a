"""The app, once it runs: however it was started, and after every page has been opened."""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from lstm_viz.ui.navigation import PAGES
from tests.browser.pages import settled
from tests.serving import ROOT, free_port, python_server, streamlit_server


def test_python_app_py_serves_the_same_pages_from_any_folder(page, tmp_path):
    port = free_port()
    own_settings = tmp_path / ".streamlit" / "config.toml"
    own_settings.parent.mkdir()
    own_settings.write_text(f"[server]\nport = {port}\nheadless = true\n")
    command = [str(ROOT / "app.py")]
    with python_server(command, port, folder=tmp_path, HOME=str(tmp_path)) as server:
        page.goto(f"{server.url}/{PAGES[-1].address}")
        settled(page)
        expect(page).to_have_title(PAGES[-1].title)
        assert "must be" not in server.log


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what a process has loaded")
def test_the_web_process_holds_no_torch(page):
    """After pages that train, open a file and compare with torch.

    Of all pages it is shown without a browser, in tests/test_web_process.py.
    """
    with streamlit_server() as server:
        for address in ("", "stage", "model", "train"):
            page.goto(f"{server.url}/{address}")
            settled(page)
        loaded = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert "numpy" in loaded
    assert "libtorch" not in loaded
