"""Everything that changes what is stored."""
