"""Gradients, measured: how far each cell remembers, and why.

``jacobians`` has the exact derivative of one step, ``chain`` the product of many, ``shares`` what
each path has of one, and ``flow`` is where all three are asked for. ``losses`` is where a gradient
begins, ``backward`` backpropagation through time, ``deltas`` and ``state_gradients`` the same told
piece by piece; ``decay`` and ``connectivity`` are what the pages ask of them.
"""
