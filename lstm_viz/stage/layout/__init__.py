"""How a cell is laid out: its parts, their places, the wires between them, and their coordinates.

parts.py      the equations as boxes, circles and the values that flow between them
places.py     the column and the row of every part
grid.py       the lanes between the columns and the tracks between the rows
routes.py     the way of every wire along them
trees.py      the wires of one value
orders.py     the order of the boxes that makes the wires cheapest
spacing.py    the coordinates of lanes, columns, tracks and rows
names.py      where the names stand

Each step decides one thing and leaves the next one free: which column, then which lane, and how
many pixels only when every wire is known. A general layout of graphs would be shorter, but it knows
no belt and no row of gates, by which everyone recognises an LSTM; and two cells that differ by one
line must look alike but for it.
"""
