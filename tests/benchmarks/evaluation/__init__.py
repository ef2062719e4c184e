"""Is the child found, how surely and how fast: typed names against a loaded England."""
