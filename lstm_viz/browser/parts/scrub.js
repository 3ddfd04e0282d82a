// Moving through time by pressing and dragging on anything that has one column a step.
//
// A mouse presses where it means. A finger may only want to scroll the page: until it has moved to the
// side, or has been lifted again, nothing is done; the browser takes a swipe up or down for itself
// (`touch-action: pan-y`) and says so by `pointercancel`.

const DRAG = 4; // pixels from which on a press is a drag

export function scrub(surface, steps, { onStep, onPress = () => {}, onPoint = () => {}, onLeave = () => {} }, signal) {
  let pressed = null;
  const stepAt = (event) => {
    const box = surface.getBoundingClientRect();
    const step = Math.floor(((event.clientX - box.left) / box.width) * steps);
    return Math.min(Math.max(step, 0), steps - 1);
  };
  const on = (name, listener) => surface.addEventListener(name, listener, { signal });
  on("pointerdown", (event) => {
    if (event.button !== 0) return;
    surface.setPointerCapture(event.pointerId);
    pressed = { x: event.clientX, dragged: false, waits: event.pointerType === "touch" };
    if (!pressed.waits) onStep(stepAt(event), event);
  });
  on("pointermove", (event) => {
    if (pressed) {
      pressed.dragged ||= Math.abs(event.clientX - pressed.x) > DRAG;
      if (pressed.waits && !pressed.dragged) return;
      onStep(stepAt(event), event);
    }
    onPoint(stepAt(event), event);
  });
  // A press that went nowhere also means the thing that was pressed.
  on("pointerup", (event) => {
    if (pressed && !pressed.dragged) {
      if (pressed.waits) {
        onStep(stepAt(event), event);
        onPoint(stepAt(event), event);
      }
      onPress(event);
    }
    pressed = null;
  });
  on("pointercancel", () => (pressed = null));
  on("pointerleave", onLeave);
}
