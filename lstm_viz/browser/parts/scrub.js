// Moving through time by pressing and dragging on anything that has one column a step.

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
    pressed = { x: event.clientX, dragged: false };
    onStep(stepAt(event), event);
  });
  on("pointermove", (event) => {
    if (pressed) {
      pressed.dragged ||= Math.abs(event.clientX - pressed.x) > 4;
      onStep(stepAt(event), event);
    }
    onPoint(stepAt(event), event);
  });
  // A press that went nowhere also means the thing that was pressed.
  on("pointerup", (event) => {
    if (pressed && !pressed.dragged) onPress(event);
    pressed = null;
  });
  on("pointercancel", () => (pressed = null));
  on("pointerleave", onLeave);
}
