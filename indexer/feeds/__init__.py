"""Feeds: from a file to valid rows, and what is wrong with the others."""
