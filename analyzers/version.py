"""The version of everything that decides which tokens a child is stored under."""

from analyzers.tables import tables_digest

NUMBER = 9
"""Raise it with every change of code that changes a token; changed tables change the digest."""

VERSION = f"{NUMBER}-{tables_digest()}"
"""Kept in a build's `_meta`: a question is only put to a build of the same version."""
