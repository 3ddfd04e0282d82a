// Colours from the page's theme and from the palette's style sheet (stage/theme.py), as strings that a
// canvas understands.

// Says on the root of a view whether its page is a light or a dark one, which is what the style sheet
// goes by, and reads the colours that hold there.
export function themed(root) {
  const style = getComputedStyle(root);
  const variable = (name) => style.getPropertyValue(`--${name}`).trim();
  const background = variable("st-background-color");
  const dark = luminance(background) < 0.4;
  root.dataset.scheme = dark ? "dark" : "light";
  return {
    dark,
    background,
    surface: variable("st-secondary-background-color"),
    text: variable("st-text-color"),
    border: variable("st-border-color"),
    accent: variable("st-primary-color"),
    muted: variable("muted"),
    layer: variable("layer"),
    positive: variable("positive"),
    negative: variable("negative"),
    roles: Object.fromEntries(variable("roles").split(" ").map((key) => [key, variable(`role-${key}`)])),
  };
}

// share from 0 (the page's own background) to 1 (the full colour): one hue, growing in strength.
export function shaded(background, colour, share) {
  return mixed(rgb(background), rgb(colour), share);
}

function mixed(from, to, share) {
  const part = Math.min(Math.max(share, 0), 1);
  return from.map((channel, index) => Math.round(channel + (to[index] - channel) * part));
}

// A value with a sign: 0 is the background, and each sign has a hue that colour-blind eyes tell apart.
export function signedColour(colours, share) {
  return shaded(colours.background, share < 0 ? colours.negative : colours.positive, Math.abs(share));
}

// One paint for one signal: share (-1..1, or 0..1 for a gate) -> [red, green, blue]. Whole strips are
// painted with it, so the colours are read once and not for every value.
export function paintOf(signal, colours) {
  const [from, below, above] = [colours.background, colours.negative, colours.positive].map(rgb);
  const towards = signal.scale === "signed" ? null : rgb(colours.roles[signal.role]);
  return (share) => mixed(from, towards ?? (share < 0 ? below : above), towards ? share : Math.abs(share));
}

const SHADES = 1024; // more than a screen can tell apart

// The same paint as the pixels of a canvas, laid out once: whole strips are painted at every step of a
// training. share -> one number, as ImageData has it in memory.
export function pixelsOf(signal, colours) {
  const paint = paintOf(signal, colours);
  const pixels = Uint32Array.from({ length: 2 * SHADES + 1 }, (_, index) => {
    const [red, green, blue] = paint(index / SHADES - 1);
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
  return (share) => pixels[Math.round((Math.min(Math.max(share, -1), 1) + 1) * SHADES)];
}

export function luminance(colour) {
  const [red, green, blue] = rgb(colour).map((channel) => channel / 255);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function rgb(colour) {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour.trim());
  if (hex) {
    const digits = hex[1].length === 3 ? [...hex[1]].map((digit) => digit + digit) : hex[1].match(/../g);
    return digits.map((pair) => parseInt(pair, 16));
  }
  const numbers = colour.match(/[\d.]+/g);
  return numbers ? numbers.slice(0, 3).map(Number) : [255, 255, 255];
}
