"""Snapshots: copies of indices outside Elasticsearch, and the way back from them."""
