// The equations of a cell of one unit, as Python read them, worked out with plain numbers.
//
// An expression is a tree: 0.5, "c_prev", or [operator, part, ...]; a matrix is a single number.

const FUNCTIONS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "**": (a, b) => a ** b,
  "@": (a, b) => a * b,
  negative: (a) => -a,
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  tanh: Math.tanh,
  relu: (a) => Math.max(a, 0),
  softplus: (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
  logsigmoid: (a) => Math.min(a, 0) - Math.log1p(Math.exp(-Math.abs(a))),
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  abs: Math.abs,
  maximum: Math.max,
  minimum: Math.min,
};

export function evaluate(tree, values) {
  if (typeof tree === "number") return tree;
  if (typeof tree === "string") return values[tree];
  const [operator, ...parts] = tree;
  return FUNCTIONS[operator](...parts.map((part) => evaluate(part, values)));
}

// One step: every line in the order of computation; what is held is what it is held at.
export function stepped(lines, given, held = {}) {
  const values = { ...given };
  for (const { name, tree } of lines) values[name] = held[name] ?? evaluate(tree, values);
  return values;
}

// The states as the next step finds them.
export function carried(states, values) {
  return Object.fromEntries(states.map((state) => [`${state}_prev`, values[state]]));
}
