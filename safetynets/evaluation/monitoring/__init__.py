"""The alerts of many days of runs: rates over time, what changed them, where they gather, and whom they are about."""
