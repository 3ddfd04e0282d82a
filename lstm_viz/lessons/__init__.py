"""Lessons that are finished by doing: what a file says, and what the run on the screen answers."""
