"""The people and organisations who use the index."""
