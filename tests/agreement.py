"""How two numbers and a sentence are compared."""

import re
from typing import Any

import numpy as np
import pytest


def assert_equal(actual: Any, expected: Any, within: float = 1e-12, of: object = "") -> None:
    """Both arrays have one shape and differ nowhere by more than ``within``."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=0, atol=within, err_msg=str(of))


def refused(*words: str) -> Any:
    """``with refused(...)``: what is inside is answered by a sentence with these words in order."""
    return pytest.raises(ValueError, match="(?s)" + ".*".join(re.escape(word) for word in words))
