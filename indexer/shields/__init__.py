"""Shields: the decisions that a child is hidden, and how everyone else learns of them."""
