"""Learning in front of one's eyes: what is asked for, the work in a worker, and its record."""
