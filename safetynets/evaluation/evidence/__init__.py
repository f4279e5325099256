"""Requirements tied to the tests, scenarios and pages that answer them, and what is not verified."""
