"""Builds: physical indices of children, and which of them is searched."""
