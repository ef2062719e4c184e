"""The daily check: everything that can be verified while the service goes on."""
