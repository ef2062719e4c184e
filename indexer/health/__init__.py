"""How the service is: what is wrong, why, and which command to run next."""
