"""The nets once more, written from docs/nets.md alone, and a command that holds them against the product.

`python -m tests.oracle_from_docs` flies random flights past random sites, lets the product judge them, and compares
every verdict and every alert. Nothing here imports a net, a kernel or the other oracle, and who wrote it had read none
of them. Numbers are drawn from continua, so that no exact edge is met.
"""
