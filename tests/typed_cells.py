"""Cells that nobody thought of, for property tests."""

from hypothesis import strategies as st

NUMBERS = st.sampled_from([0.25, -0.5, 1.0, 2.0])
# Each function, kept where it has a value.
FORMS = [
    *("sigmoid({})", "tanh({})", "logsigmoid({})", "softplus({})", "relu({})", "abs({})"),
    *("exp(tanh({}))", "sqrt(softplus({}) + 0.1)", "log(softplus({}) + 0.1)"),
    *("({} ** 2)", "(1 / (softplus({}) + 0.5))", "(-{})"),
]


def expressions(names: list[str]) -> st.SearchStrategy[str]:
    """Right sides over these signals and pasts, with products, peepholes, biases and numbers."""
    leaves = st.one_of(
        st.sampled_from(names),
        st.sampled_from(["W_a @ x", "W_e @ x", "b_a", "p_a", "d_a"]).map(lambda s: f"({s})"),
        NUMBERS.map(str),
    )

    def deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pair = st.tuples(inner, st.sampled_from([" + ", " - ", " * "]), inner)
        recurrent = [name for name in names if name.isidentifier()]
        return st.one_of(
            pair.map(lambda p: f"({p[0]}{p[1]}{p[2]})"),
            st.tuples(st.sampled_from(FORMS), inner).map(lambda p: p[0].format(p[1])),
            st.tuples(st.sampled_from(["maximum", "minimum"]), inner, inner).map(
                lambda p: f"{p[0]}({p[1]}, {p[2]})"
            ),
            st.tuples(st.sampled_from(["U_a", "U_e", "R_a"]), st.sampled_from(recurrent)).map(
                lambda p: f"({p[0]} @ {p[1]})"
            ),
            st.tuples(st.sampled_from(["U_a", "U_i"]), st.sampled_from(recurrent), inner).map(
                lambda p: f"({p[0]} @ ({p[1]} * {p[2]}))"
            ),
        )

    return st.recursive(leaves, deeper, max_leaves=8)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Cells of one to four lines; each reads the lines before it and every line's past."""
    signals = ["f", "g", "c", "h"][draw(st.integers(0, 3)) :]
    pasts = [f"{name}_prev" for name in signals]
    lines = []
    for k, name in enumerate(signals):
        # A tanh outside keeps ten steps of any of them finite.
        lines.append(f"{name} = tanh({draw(expressions(signals[:k] + pasts))})")
    return "\n".join(draw(st.permutations(lines)))
