"""What if a gate had been shut here?"""

from lstm_viz.language import _
from lstm_viz.networks.network import load
from lstm_viz.ui.choices import (
    cell_choice,
    chosen_sequence,
    sequence_choice,
    task_choice,
)
from lstm_viz.ui.shell import caption_beside_or_stacked, choices_line, drawer
from lstm_viz.ui.what_if import (
    both_runs,
    changed_token,
    corner_buttons,
    example_button,
    held_now,
    layer_choice,
    take_drawn,
    tools,
    undo_buttons,
    who_does_it,
)

line = choices_line()
with line:
    task = task_choice()
    cell = cell_choice(task)
    chosen = sequence_choice(task)
sequence = chosen_sequence(task, chosen)
network = load(task.name, cell)
held = held_now(network, sequence)

with line:
    with drawer(_("Hold …"), key="hold"):
        layer = layer_choice(network)
        value, everyone = tools()
        corner_buttons(network, sequence, held, layer, everyone)
        changed = changed_token(task, sequence)
    undo_buttons(held)
    who_does_it(network, sequence, held)
drawn = both_runs(task, cell, sequence, changed, held.spans, layer)
if not held.spans and changed == sequence:
    example_button(network, sequence, held, layer)
caption_beside_or_stacked(
    _(
        "Hold a gate by dragging along its strip on the right; everything after it is computed "
        "anew, and the untouched run stays on the left. Or use the buttons: “keep” the old memory "
        "where a new subject is introduced, and read which pronoun follows."
    ),
    _(
        "Hold a gate by dragging along its strip in the lower run; everything after it is computed "
        "anew, and the untouched run stays above. Or use the buttons: “keep” the old memory where "
        "a new subject is introduced, and read which pronoun follows."
    ),
)
take_drawn(drawn, held, value, everyone, network, sequence, layer)
