"""Where the app cannot answer, what is wrong and what would work is said before it starts."""

import os
import socket

import pytest

from lstm_viz.ui import serving_place
from lstm_viz.ui.command import main
from tests.serving import free_port


def complaint(host: str, port: int) -> str:
    """What is said, and "" where nothing is."""
    return serving_place.complaint(host, port) or ""


def test_a_free_port_of_this_machine_is_no_matter():
    assert not complaint("localhost", free_port())
    assert not complaint("0.0.0.0", free_port())


def test_a_port_that_is_taken_is_told_with_one_that_is_free():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = complaint("127.0.0.1", port)
        with pytest.raises(SystemExit, match="is taken"):
            main(["--host=127.0.0.1", f"--port={port}"])
    assert f"Port {port} is taken" in said
    free = int(said.partition("make run PORT=")[2].partition(",")[0])
    assert free != port
    assert not complaint("127.0.0.1", free)


@pytest.mark.parametrize("host", ["203.0.113.7", "2001:db8::7"])
def test_an_address_of_another_machine_is_told_with_this_ones_own(host):
    said = complaint(host, free_port())
    assert host in said
    assert "localhost" in said or "cannot answer" in said


def test_a_name_that_there_is_not_is_told():
    assert "nowhere.invalid" in complaint("nowhere.invalid", free_port())
    assert complaint("." * 300, free_port())


def test_a_home_that_cannot_be_written_is_told_with_what_would_work(tmp_path, monkeypatch):
    monkeypatch.delenv("LSTMVIZ_DATA")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert serving_place.runs_missed() is None
    home = tmp_path / "no folder"
    home.write_bytes(b"")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    assert "LSTMVIZ_DATA" in (serving_place.runs_missed() or "")
    monkeypatch.setenv("LSTMVIZ_DATA", os.fspath(tmp_path / "data"))
    assert serving_place.runs_missed() is None
