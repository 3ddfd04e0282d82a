// What two drawings have in common, and the way from one to the other: pure functions.
//
// A piece is the same if it says the same and its wire turns the same corners, as only then can its
// points move one by one. Of several such the nearest pair is taken first: not the least movement of
// all together, but what the eye would follow.

// Everything in a scene that has a place: `at` are its points, `key` what makes it the same thing.
export function piecesOf({ nodes, labels, wires }) {
  return [
    ...nodes.map((about) => ({ about, key: `node ${about.id} ${about.label}`, at: [[about.x, about.y]] })),
    ...labels.map((about) => ({ about, key: `name ${about.mark || about.symbol}`, at: [[about.x, about.y]] })),
    ...wires.map((about) => ({ about, key: `wire ${about.value} ${about.to} ${about.kind}`, at: about.points })),
  ];
}

// For each piece of `after` the one of `before` that it was, if any: the same key, bent the same way,
// and of several the nearest. What is in `before` and not among the values is gone.
export function matched(before, after) {
  const left = new Set(before);
  const found = new Map();
  const pairs = after.flatMap((piece) => before.filter((old) => alike(old, piece)).map((old) => ({ piece, old, apart: apart(old.at, piece.at) })));
  for (const { piece, old } of pairs.sort((one, other) => one.apart - other.apart)) {
    if (found.has(piece) || !left.has(old)) continue;
    found.set(piece, old);
    left.delete(old);
  }
  return found;
}

function alike(one, other) {
  return one.key === other.key && bends(one.at) === bends(other.at);
}

function bends(points) {
  return points.slice(1).map(([x, y], index) => `${Math.sign(x - points[index][0])},${Math.sign(y - points[index][1])}`).join(" ");
}

function apart(points, others) {
  return points.reduce((sum, [x, y], index) => sum + Math.hypot(x - others[index][0], y - others[index][1]), 0);
}

// Points a share of the way from one place to another.
export function between(from, to, share) {
  return from.map(([x, y], index) => [x + (to[index][0] - x) * share, y + (to[index][1] - y) * share]);
}

// A path of strandPath as far as a share of its length: what lies beyond is gathered at its end, so
// that all such paths have the same commands.
export function pathUpTo(path, share) {
  const commands = path.split(/(?=[MLA])/).map((text) => {
    const numbers = text.slice(1).trim().split(/\s+/).map(Number);
    return { letter: text[0], flags: numbers.slice(0, -2), end: numbers.slice(-2) };
  });
  const lengths = commands.map(({ end }, index) => (index ? Math.hypot(end[0] - commands[index - 1].end[0], end[1] - commands[index - 1].end[1]) : 0));
  let left = lengths.reduce((sum, length) => sum + length, 0) * share;
  let front = commands[0].end;
  const written = commands.map(({ letter, flags, end }, index) => {
    const part = lengths[index] ? Math.min(left / lengths[index], 1) : 1;
    if (left > 0) front = between([front], [end], part)[0];
    left -= lengths[index];
    return `${letter}${[...flags, ...front.map((number) => number.toFixed(1))].join(" ")}`;
  });
  return written.join("");
}
