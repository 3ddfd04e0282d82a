"""The same networks in torch: its recorder, its gradients, and torch as the judge of ours."""
