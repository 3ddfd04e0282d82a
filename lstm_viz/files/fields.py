"""What one field of a table says: a number as people write it, a date, a gap, or words.

A field alone does not always tell: ``1.042`` is 1.042 or 1042. So ``value_of`` is told which mark
is the decimal one, and ``decimal_mark`` says of a field that can be read in one way only
(``1,26``, ``1.042,5``, ``1.042.000``) which that is; a table goes by those (``table.py``).

How a number is read: digits, minus signs and quotes of every kind become plain ones, spaces and
apostrophes between groups of three digits go; then one pattern takes the field apart into sign,
currency, digits with their points and commas, power of ten, and unit.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import numpy as np

POINT, COMMA = ".", ","
KEPT_FIELDS = 10_000
_GAPS = {
    *("", "-", "--", "---", "—", "–", "−", ".", "..", "...", "…", "?", "*", "/"),
    *("na", "n/a", "#n/a", "#na", "n.a.", "nan", "-nan", "null", "nil", "none", "<na>", "nat"),
    *("missing", "n.v.", "k.a.", "#n/v", "#div/0!", "#value!", "#ref!", "#wert!", "\\n", "void"),
}
TRUTHS = {"true": "1", "false": "0"}
_MINUS = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "﹣": "-", "－": "-"})
SPACES = "\u0020\u00a0\u2007\u2009\u202f'’ʼ´`_"  # what may stand between groups of three digits
_GROUPED = re.compile(rf"\d{{1,3}}(?:([{SPACES}])\d{{3}})(?:\1\d{{3}})*(?=[.,]|$)")
_CURRENCY = r"[A-Z]{3}\b|kr\.?|zł|Kč|Fr\.|Rs\.?|元|円"
_NUMBER = re.compile(
    rf"(?P<before>[^\W\d_]?[^\w.,()+\-\s]?(?:{_CURRENCY})?)\s*(?P<sign>[+-]?)\s*"
    r"(?P<digits>\d[\d.,]*|[.,]\d+)(?P<power>[eE][+-]?\d+)?"
    r"(?P<minus>-?)\s*(?P<unit>[^\d\s.,;:+\-/|\"][^;:,|\d]{0,11}[23]?)?"
)
PLAIN_NUMBER = re.compile(r"(-?)(\d+(?:\.\d+)?)")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DATE = re.compile(
    r"\d{1,4}[-/.年]\d{1,2}([-/.月]\d{1,4}日?)?([T ,]+\d.*)?"
    r"|\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?"
    rf"|\d{{1,2}}[ -.]*{_MONTH}[ -.,]*\d{{2,4}}.*|{_MONTH}[ -.,]*\d{{1,4}}(,? \d{{4}})?.*"
    r"|\d{4}[- ]?([QqWwKk]|KW|kw)[ ]?\d{1,2}(-\d)?|[QqHh]\d[- /]?\d{2,4}"
)


def value_of(field: str, decimal: str, marks: set[str]) -> float:
    """The number that a field is; NaN where it is none."""
    if decimal == POINT and len(marks) < 2 and PLAIN_NUMBER.fullmatch(field):
        return float(field)
    parts = digits_of(field)
    if parts is None:
        return np.nan
    text, power, sign = parts
    # Where a column uses both marks, a field that can be read in one way only is read so.
    own = decimal_mark(field) if len(marks) > 1 else ""
    decimal = own or decimal
    thousands = COMMA if decimal == POINT else POINT
    whole, mark, rest = text.rpartition(decimal)
    if not mark or (text.count(decimal) > 1):
        whole, rest = text, ""
    if text.count(decimal) > 1 or not _are_groups(whole, thousands):
        return np.nan
    digits = whole.replace(thousands, "")
    if thousands in rest or decimal in digits:
        return np.nan
    try:
        value = float(f"{sign}{digits or '0'}.{rest or '0'}{power}")
    except ValueError:
        return np.nan
    return value if np.isfinite(value) else np.nan


def looks_like_a_number(field: str) -> bool:
    return digits_of(field) is not None and not is_date(field)


def is_gap(field: str) -> bool:
    return field.strip().lower() in _GAPS


def is_date(field: str) -> bool:
    if re.fullmatch(r"[+\-]?(\d*[.,]?\d+|\d{1,3}([.,]\d{3})+)", field):
        return False
    return _DATE.fullmatch(field.strip()) is not None


def decimal_mark(field: str) -> str:
    """The decimal mark, where a field can be read in one way only; else ""."""
    parts = digits_of(field) if ("," in field or "." in field) else None
    if parts is None:
        return ""
    text, _power, _sign = parts
    if POINT in text and COMMA in text:
        return max(POINT, COMMA, key=text.rfind)
    mark = POINT if POINT in text else COMMA
    other = COMMA if mark == POINT else POINT
    if text.count(mark) > 1:
        return other if _are_groups(text, mark) else ""
    whole, _m, rest = text.partition(mark)
    could_be_thousand = len(rest) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0"
    return "" if could_be_thousand else mark


def _are_groups(whole: str, thousands: str) -> bool:
    """Whether digits are set apart in threes, or, as in India, in twos before the last three."""
    if thousands not in whole:
        return True
    mark = re.escape(thousands)
    threes, twos = rf"\d{{1,3}}(?:{mark}\d{{3}})+", rf"\d{{1,2}}(?:{mark}\d{{2}})+{mark}\d{{3}}"
    return re.fullmatch(rf"{threes}|{twos}", whole) is not None


def unit_of(field: str) -> str:
    """What stands behind the number, or the currency before it."""
    text = plain(field).strip("()")
    match = _NUMBER.fullmatch(text)
    return ((match["unit"] or match["before"] or "").strip()) if match else ""


@lru_cache(KEPT_FIELDS)
def digits_of(field: str) -> tuple[str, str, str] | None:
    """The digits of a number with points and commas, its power of ten and its sign."""
    simple = PLAIN_NUMBER.fullmatch(field)
    if simple:
        return simple[2], "", simple[1]
    text = plain(field)
    text = TRUTHS.get(text.lower(), text)
    is_negative = text.startswith("(") and text.endswith(")")  # as accountants write it
    match = _NUMBER.fullmatch(text[1:-1].strip() if is_negative else text)
    if match is None or (is_negative and match["sign"]):
        return None
    before = match["before"]
    if before and not _is_currency(before):
        return None
    negative = is_negative or match["sign"] == "-" or match["minus"] == "-"
    return match["digits"], match["power"] or "", "-" if negative else ""


def plain(field: str) -> str:
    """A field with plain digits, minus and quotes, its thousands not set apart by spaces."""
    if field.isascii() and field.replace(".", "", 1).isdigit():
        return field
    text = unicodedata.normalize("NFKC", field.translate(_MINUS).replace("\u202f", " ")).strip()
    formula = re.fullmatch(r'="?(.*?)"?', text)
    text = (formula[1] if formula else text).strip("\"'’ ").translate(_MINUS)
    start = re.search(r"\d", text)
    if start is None:
        return text
    grouped = _GROUPED.match(text, start.start())
    if grouped is None:
        ended = re.compile(rf"\d{{1,3}}(?:([{SPACES}])\d{{3}})(?:\1\d{{3}})*(?!\d)")
        grouped = ended.match(text, start.start())
    if grouped:
        digits = re.sub(rf"[{SPACES}]", "", grouped[0])
        return text[: grouped.start()] + digits + text[grouped.end() :]
    return text


def _is_currency(text: str) -> bool:
    return all(
        unicodedata.category(one) == "Sc" for one in text if not one.isalnum() and one != "."
    ) and (
        any(unicodedata.category(one) == "Sc" for one in text)
        or re.fullmatch(_CURRENCY, text) is not None
    )
