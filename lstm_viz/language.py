"""Every sentence that a person reads, in the language of the person who reads it.

English is the source: `_("Forget gate")` is the English text and the key to its translation. A text
that stands in a table, read before anyone has chosen a language, is marked with `N_` and goes
through `_` where it is shown. `make messages` collects both for the translators; a translation is
`locale/<language>/LC_MESSAGES/lstm_viz.mo`, and no other file names a language.

What is wrong is found out where nobody knows yet who will read it, perhaps in another process: a
`TranslatableError` is put in words when it is shown.
"""

import gettext
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

SOURCE = "en"
CATALOGUES = Path(__file__).parent / "locale"

_spoken: ContextVar[str | None] = ContextVar("language", default=None)
_to_ask: list[Callable[[], str]] = []


def _(text: str) -> str:
    """The text in the language being spoken, itself where nobody has translated it."""
    return catalogue(spoken(), CATALOGUES).gettext(text)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The form of the text that this number of things takes in the language being spoken."""
    return catalogue(spoken(), CATALOGUES).ngettext(singular, plural, number)


def N_(text: str) -> str:
    """The text itself, marked for the translators."""
    return text


_OWN_NAME = N_("(the name of the language into which this is translated, in that language)")


def speak(language: str) -> None:
    """From here on, in this thread, `_` answers in this language."""
    _spoken.set(language)


def ask(whom: Callable[[], str]) -> None:
    """Where nobody has called `speak` yet, `_` asks this function for the language.

    Streamlit reruns a fragment in a new thread, without the script around it in which `speak` was
    called.
    """
    _to_ask[:] = [whom]


def spoken() -> str:
    """The language being spoken: English, unless someone said otherwise."""
    language = _spoken.get()
    if language is None:
        language = _to_ask[0]() if _to_ask else SOURCE
        speak(language)
    return language


def available() -> tuple[str, ...]:
    """English, then every language that has a catalogue."""
    files = CATALOGUES.glob("*/LC_MESSAGES/lstm_viz.mo")
    return (SOURCE, *sorted({file.parts[-3] for file in files} - {SOURCE}))


def closest(wanted: str | None) -> str:
    """The available language for a browser's tag: zh_CN for zh-CN, zh or zh-TW; else English."""
    tag = (wanted or SOURCE).replace("-", "_").casefold()
    by_tag = {language.casefold(): language for language in available()}
    by_family = {language.partition("_")[0]: by_tag[language] for language in reversed(by_tag)}
    return by_tag.get(tag) or by_family.get(tag.partition("_")[0], SOURCE)


def own_name(language: str) -> str:
    """What an available language is called by those who read it."""
    if language == SOURCE:
        return "English"
    name = catalogue(language, CATALOGUES).gettext(_OWN_NAME)
    return language if name == _OWN_NAME else name


@cache
def catalogue(language: str, folder: Path) -> gettext.NullTranslations:
    """The translated texts of a language; none where it has no catalogue."""
    return gettext.translation("lstm_viz", folder, [language], fallback=True)


@dataclass(frozen=True)
class Sentence:
    """A sentence that is said in the language of whoever reads it: ``str()`` says it.

    ``text`` is the English one, with names in braces for the ``values``; a value may be a sentence.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return _(self.text).format(**self.values)


class TranslatableError(Exception):
    """An error that carries its data; ``str()`` says it in the language being spoken.

    ``text`` and ``values`` are those of a ``Sentence``. It can be pickled with all that it carries.
    """

    def __init__(self, text: str, /, **values: object):
        super().__init__(text)
        self.text, self.values = text, values

    def __str__(self) -> str:
        return str(Sentence(self.text, self.values))

    def __reduce__(self) -> tuple[object, ...]:
        # Python remakes an exception by calling its class with ``args``, which lack all but a text.
        return _remade, (type(self), self.text), self.__dict__


def _remade(kind: type[TranslatableError], text: str) -> TranslatableError:
    return kind.__new__(kind, text)
