"""How does a class see the same thing at the same time?"""

from lstm_viz.stage.together import together
from lstm_viz.ui.components import together as shown

shown(together(is_door=True), key="door")
