"""Learning: what is asked for, the work in a worker, and what it leaves on disk."""
