"""For every test: runs of training are kept in a folder of the test session, not in the home."""

import os
import tempfile

_FOLDER = tempfile.TemporaryDirectory(prefix="lstm-viz-tests-", ignore_cleanup_errors=True)
os.environ["LSTMVIZ_DATA"] = _FOLDER.name


def pytest_unconfigure() -> None:
    _FOLDER.cleanup()
