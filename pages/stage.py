"""What happens inside a trained recurrent cell, step by step?"""

from lstm_viz.cells import CELLS
from lstm_viz.ui.alike import alike, ask_alike
from lstm_viz.ui.cached_reading import read
from lstm_viz.ui.choices import (
    cell_choice,
    chosen_sequence,
    sequence_choice,
    task_choice,
)
from lstm_viz.ui.components import forecast, stage
from lstm_viz.ui.exports import exports
from lstm_viz.ui.forecast import forecast_shown
from lstm_viz.ui.parameters import in_browser
from lstm_viz.ui.proof import proof
from lstm_viz.ui.shell import choices_line
from lstm_viz.ui.write_on import writing_of

line = choices_line()
with line:
    task = task_choice()
    cell = cell_choice(task)
    choice = sequence_choice(task)
sequence = chosen_sequence(task, choice)
writing = writing_of(task, CELLS[cell], sequence, line)
reading = read(task, cell, sequence, writing)
last = ask_alike(len(reading.sequence), line)
with line:
    exports(reading)
    if writing is None or writing.hold is None:  # torch's own module holds nothing
        proof(reading)
if last:
    alike(reading, last)
if writing and writing.ahead:
    shown = (task.name, cell)
    forecast(forecast_shown(reading.network, sequence, writing.ahead, shown, in_browser("stage")))
stage(reading.payload)
