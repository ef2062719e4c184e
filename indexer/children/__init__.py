"""Children: from a valid row to a written document."""
