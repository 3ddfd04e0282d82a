"""The app, however it was started."""

from playwright.sync_api import expect

from lstm_viz.ui.navigation import PAGES
from tests.browser.pages import settled
from tests.serving import ROOT, free_port, python_server


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
