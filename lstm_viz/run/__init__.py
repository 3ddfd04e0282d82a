"""A cell reads a sequence: lines, weights and input in, and a Trace of every signal out."""
