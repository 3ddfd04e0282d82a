// The address after Python has drawn a page.
//
// What this visitor chose on another page holds here as well, and nobody has chosen it just now: it is
// put into the entry of the history that there is. Then the views add the step and the unit.
// When the browser goes back on this page, Python is told so: an old address alone may only be late.

import { WRITTEN, stayInHistory } from "../state/address.js";
import { fitOnPaper } from "../state/paper.js";

// Streamlit tells Python with a press of a button the address that a link had, not where one is by now.
// So for the buttons that ask that, it is told just before (lstm_viz/ui/address.py).

const ASKS = '[class*="st-key-here-"]';

export default function mount({ data, setTriggerValue, setStateValue }) {
  stayInHistory(data.moving, () => setTriggerValue("back", true));
  tellsWhere(setStateValue);
  fitOnPaper();
  const address = new URL(window.location.href);
  const isThere = data.fill.some(([name]) => address.searchParams.has(name));
  if (data.fill.length && !isThere) {
    for (const [name, text] of data.fill) address.searchParams.append(name, text);
    window.history.replaceState(window.history.state, "", address);
  }
  window.dispatchEvent(new CustomEvent(WRITTEN));
}

let tell = null;

function tellsWhere(setStateValue) {
  const listens = tell !== null;
  tell = setStateValue;
  if (!listens) addEventListener("click", ({ target }) => target.closest?.(ASKS) && tell("here", window.location.search), { capture: true });
}
