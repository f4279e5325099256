"""The checks of a site: small functions, each of which yields what it finds."""
