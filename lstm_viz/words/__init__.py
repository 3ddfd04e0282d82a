"""What is said: every sentence here is computed from what it speaks of."""
