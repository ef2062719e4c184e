"""Users, their passwords and sessions, and the organisations they belong to."""
