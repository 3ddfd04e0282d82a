"""The stage, as Python sends it: what stands where, and with which numbers."""
