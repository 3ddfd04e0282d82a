"""What can become of a run: a number that no floating-point number can hold."""

from __future__ import annotations

from lstm_viz.language import N_, Sentence, TranslatableError

_AT = N_("At step {step} of sequence {sequence}")
_AT_COUNTED = N_("At step {step}")
_LEFT = N_(
    '{at}, unit {unit} of "{equation}" is {value}: the numbers grew beyond what a computer can '
    "hold, or a division by zero or a logarithm of a negative number occurred. Smaller weights, a "
    "gate that keeps the values bounded, or the functions softplus and logsigmoid help."
)
_ADDED = N_(
    '{at}, unit {unit} of "{equation}" adds up products that grew, alone or together, beyond what '
    "a computer can hold: what comes out would depend on the processor. Smaller weights, or a gate "
    "that keeps the values bounded, help."
)


class LeftRange(TranslatableError, FloatingPointError):
    """The first value of a run that is infinite or no number, or whose terms add up to none.

    ``signal`` is what its ``equation`` assigns; ``step``, ``sequence`` and ``unit`` count from 0.
    ``value`` is None where it is the terms: what became of them is up to the processor.
    """

    def __init__(
        self,
        signal: str,
        equation: str,
        step: int,
        sequence: int,
        unit: int,
        value: float | None,
    ):
        at = Sentence(_AT, {"step": step, "sequence": sequence})
        said = _ADDED if value is None else _LEFT
        super().__init__(said, at=at, unit=unit, equation=equation, value=value)
        self.signal, self.equation, self.value = signal, equation, value
        self.step, self.sequence, self.unit = step, sequence, unit

    @property
    def counted(self) -> Sentence:
        """The same as a page says it, which shows one sequence and calls its first step 1."""
        at = Sentence(_AT_COUNTED, {"step": self.step + 1})
        return Sentence(self.text, {**self.values, "at": at})
