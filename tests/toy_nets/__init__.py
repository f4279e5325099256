"""Nets made up for the tests: each is one folder, and with nothing else changed it runs wherever a net runs."""
