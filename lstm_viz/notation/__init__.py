"""How equations are written: typeset, with numbers, in a library's letters, as a program.

``latex`` and ``mathml`` write a piece each in their language, ``textbook`` is what they share
(fractions, parentheses, factors), ``typeset`` puts a cell's lines below each other.
"""
