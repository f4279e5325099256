"""`python -m tests.oracle_from_docs`: see `compare`."""

import sys

from tests.oracle_from_docs.compare import main

sys.exit(main())
