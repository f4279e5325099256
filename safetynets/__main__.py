"""`python -m safetynets` is the command `safetynets`."""

from safetynets.cli import main

if __name__ == "__main__":
    main()
