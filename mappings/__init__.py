"""What is stored and who may touch it; no network, no clock."""
