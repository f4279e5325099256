"""Write golden tables, and their part of the pages: `python -m tests.scenarios.write_golden NAME...`, or `all`.

Look at the difference before you commit it: a golden table that changes is a change of what the nets say.
"""

import sys

from safetynets.runs import list_scenarios
from tests.scenarios import golden_table, page, runs


def main(names: list[str]) -> None:
    """Write the golden table of each scenario, and the block of its page where there is one."""
    for name in list_scenarios() if names == ["all"] else names:
        golden_table.golden_file(name).write_text(
            golden_table.text(runs.perfect(name), runs.start_s(name)), encoding="utf-8"
        )
        file = page.page_file(name)
        if file.exists():
            written, blocks = page.BLOCK.subn(lambda _, name=name: page.block(name), file.read_text(encoding="utf-8"))
            if blocks != 1:
                sys.exit(f"{file}: has {blocks} blocks for the golden table instead of 1")
            file.write_text(written, encoding="utf-8")
        sys.stdout.write(golden_table.golden_file(name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:] or sys.exit(__doc__))
