"""Made-up England: feeds of children who do not exist, and the truth about them."""
