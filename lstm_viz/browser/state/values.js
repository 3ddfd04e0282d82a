// Every number of the run, by the text of the expression that it is the value of.

export class Values {
  constructor(encoded) {
    this.encoded = encoded;
    this.decoded = new Map();
  }

  has(key) {
    return key in this.encoded;
  }

  // shape [steps, width] changes with time; [width] and [1] do not.
  array(key) {
    if (!this.decoded.has(key)) {
      const { data, shape } = this.encoded[key];
      this.decoded.set(key, { numbers: decoded(data), steps: shape.length === 2, width: shape.at(-1) });
    }
    return this.decoded.get(key);
  }

  at(key, step, unit) {
    if (!this.has(key)) return NaN;
    const { numbers, steps, width } = this.array(key);
    const column = width === 1 ? 0 : unit;
    if (column >= width) return NaN;
    return numbers[steps ? step * width + column : column];
  }

  width(key) {
    return this.has(key) ? this.array(key).width : 0;
  }

  largest(key) {
    return this.has(key) ? this.array(key).numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0) : 0;
  }
}

export function decoded(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}
