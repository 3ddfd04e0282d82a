"""Gradients, measured: how far each cell remembers, and why.

``jacobians`` has the exact derivative of one step, ``flow`` what many steps make of it,
``backward`` backpropagation through time, ``deltas`` the same told piece by piece; ``decay``,
``reach`` and ``connectivity`` are what the pages ask of them.
"""
