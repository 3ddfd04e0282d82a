// The equations of a cell, as Python read them, worked out with plain numbers.
//
// An expression is a tree: 0.5, "c_prev", or [operator, part, ...]. An operator is one of these signs,
// a function of Math, or a tree over its parts, which are called a and b: [["+", "a", 1], "c_prev"]. So
// no function has to be known here. A value is a number, or an array with one number for each unit; a
// matrix is a number as well, or an array of rows.

const SIGNS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "**": (a, b) => a ** b,
  negative: (a) => -a,
};

export function evaluate(tree, values) {
  if (typeof tree === "number") return tree;
  if (typeof tree === "string") return values[tree];
  const [operator, first, second] = tree;
  if (operator === "@") return product(values[first], evaluate(second, values));
  const a = evaluate(first, values);
  const b = second === undefined ? undefined : evaluate(second, values);
  if (typeof operator !== "string") return evaluate(operator, { a, b });
  const apply = SIGNS[operator] ?? Math[operator];
  return b === undefined ? ofOne(apply, a) : ofTwo(apply, a, b);
}

function product(matrix, vector) {
  if (typeof matrix === "number") return matrix * vector;
  return Float64Array.from(matrix, (row) => {
    let sum = 0;
    for (let column = 0; column < row.length; column++) sum += row[column] * vector[column];
    return sum;
  });
}

function ofOne(apply, one) {
  return typeof one === "number" ? apply(one) : one.map((value) => apply(value));
}

function ofTwo(apply, one, other) {
  if (typeof one !== "number") return one.map(typeof other === "number" ? (value) => apply(value, other) : (value, unit) => apply(value, other[unit]));
  return typeof other === "number" ? apply(one, other) : other.map((value) => apply(one, value));
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
