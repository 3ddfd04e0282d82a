"""What stands between visitors and Streamlit: who may come in, how fast, and what answers carry.

Plain ASGI, because Starlette's own base class does not see websockets. A request passes the gates
from top to bottom; each file says what was measured without it.
"""

from starlette.middleware import Middleware

from lstm_viz.web.answers import Headers
from lstm_viz.web.compressed import Compressed
from lstm_viz.web.first_page import FirstPage
from lstm_viz.web.hosts import OwnHosts
from lstm_viz.web.messages import Messages
from lstm_viz.web.scripts import Scripts
from lstm_viz.web.together.gate import Together
from lstm_viz.web.uploads import Uploads


def gates() -> list[Middleware]:
    """In the order in which a request meets them."""
    return [
        Middleware(Headers),
        Middleware(OwnHosts),
        Middleware(Together),
        Middleware(Messages),
        Middleware(Uploads),
        Middleware(Scripts),
        Middleware(Compressed),
        Middleware(FirstPage),
    ]
