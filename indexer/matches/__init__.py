"""Two children who may be one, for data managers to decide."""
