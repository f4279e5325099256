"""Measurements of speed; `make bench` runs them and writes docs/benchmarks.md."""
