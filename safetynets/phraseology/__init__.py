"""Which words, by which rule set, for which alert in which situation."""
