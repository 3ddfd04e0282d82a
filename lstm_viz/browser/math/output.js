// From h to an answer: the terms of a logit, probabilities, and what is drawn from.

// What every unit says for or against one answer, and what they come to with its bias.
export function termsOf(weights, h, bias) {
  const terms = weights.map((weight, unit) => weight * h[unit]);
  const up = terms.reduce((sum, term) => sum + Math.max(term, 0), 0);
  const down = terms.reduce((sum, term) => sum + Math.min(term, 0), 0);
  return { terms, up, down, bias, sum: up + down + bias };
}

// The probabilities that belong to logits, however large these are.
export function softmax(logits) {
  const most = logits.reduce((largest, logit) => Math.max(largest, logit), -Infinity);
  const odds = logits.map((logit) => Math.exp(logit - most));
  const sum = odds.reduce((total, one) => total + one, 0);
  return odds.map((one) => one / sum);
}

// The places of the numbers, the largest first; of equal ones the first.
export function ranked(numbers) {
  return numbers.map((_, place) => place).sort((one, other) => numbers[other] - numbers[one] || one - other);
}

// What a network that writes draws from (networks/write.py): the temperature divides the logits, at 0
// the likeliest is taken; topK leaves the k likeliest, topP the fewest that have so much together.
export function drawnFrom(logits, { temperature, topK, topP }) {
  const order = ranked(logits);
  if (temperature === 0) return logits.map((_, place) => (place === order[0] ? 1 : 0));
  const most = logits[order[0]];
  let p = softmax(logits.map((logit) => (logit - most) / temperature));
  const leave = (count) => {
    const kept = new Set(order.slice(0, count));
    const left = p.map((share, place) => (kept.has(place) ? share : 0));
    const sum = left.reduce((total, share) => total + share, 0);
    p = left.map((share) => share / sum);
  };
  if (topK > 0) leave(topK);
  if (topP < 1) {
    let [count, together] = [0, 0];
    while (count < order.length && together < topP * (1 - 1e-12)) together += p[order[count++]];
    leave(count);
  }
  return p;
}
