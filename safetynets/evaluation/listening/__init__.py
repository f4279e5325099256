"""A listening test of phraseologies: its balanced design, and what the answers of listeners are worth."""
