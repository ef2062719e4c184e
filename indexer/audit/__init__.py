"""The audit: who did and saw what, written before it is shown."""
