"""Question to answer, without Flask."""
