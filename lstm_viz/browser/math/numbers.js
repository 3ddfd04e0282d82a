// How a number is written: three decimals, a true minus sign, never "-0.000".

const MINUS = "\u2212";

export function written(value, decimals = 3) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value < 0 ? MINUS + "∞" : "∞";
  const size = Math.abs(value);
  if (size >= 10000) return value.toExponential(2).replace("-", MINUS).replace("e+", "e");
  const places = size >= 1000 ? Math.min(decimals, 1) : size >= 100 ? Math.min(decimals, 2) : decimals;
  const text = size.toFixed(places);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

// Three significant digits, however small: gradients shrink by powers of ten.
export function writtenFinely(value) {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size === 0 || (size >= 0.1 && size < 1000)) return written(value);
  const text = size < 0.001 || size >= 1000 ? size.toExponential(1).replace("e+", "e").replace("e-", `e${MINUS}`) : size.toPrecision(2);
  return value < 0 ? MINUS + text : text;
}

// How all numbers of one sum are written: finely, and by powers of ten where the smallest of them needs
// that or the largest does, so that they can be compared.
export function finelyAlike(values) {
  const sizes = values.map(Math.abs).filter((size) => Number.isFinite(size) && size > 0);
  if (sizes.every((size) => size >= 0.0995 && size < 1000)) return written;
  if (sizes.every((size) => size >= 0.00095 && size < 1000)) return (value) => written(value, 4);
  return (value) => {
    if (!Number.isFinite(value)) return written(value);
    return value === 0 ? "0" : value.toExponential(1).replace("e+", "e").replaceAll("-", MINUS);
  };
}

// Six significant digits, for whoever wants to know exactly.
export function writtenExactly(value) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))).replace("-", MINUS) : written(value);
}

// The ends of a scale of colours: 0–1, ±1, ±4.2; and ±49 … 70 where values reach beyond full colour.
// Small ones are powers of ten, so that both stand beside the strip's name: ±2e−4 … 7e−3.
export function endsOf(limit, most, isSigned) {
  const isBeyond = most > limit;
  const short = (value) => (value > 0 && value < 0.01 ? value.toExponential(isBeyond ? 0 : 1).replace("-", MINUS) : String(Number(value.toPrecision(2))));
  const beyond = isBeyond && short(most) !== short(limit) ? ` … ${short(most)}` : "";
  return `${isSigned ? "±" : "0–"}${short(limit)}${beyond}`;
}

export function percent(share) {
  if (share > 0.995 && share < 1) return ">99%";
  if (share > 0 && share < 0.005) return "<1%";
  return `${Math.round(share * 100)}%`;
}
