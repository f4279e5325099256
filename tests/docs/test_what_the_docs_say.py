"""Commands, files and versions that the pages name: they exist, and are spelt as the program spells them."""

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from safetynets import __version__
from safetynets.cli import main
from safetynets.sites import load_site

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md"])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _commands(page: Path) -> list[str]:
    """What a reader would type: lines of fences and indented blocks, and whole commands in running text."""
    text = page.read_text(encoding="utf-8")
    typed = [line.strip() for line in text.splitlines() if re.match(r"(    )?safetynets \w", line)]
    inline = re.findall(r"`(safetynets [a-z]+ [^`]*)`", text)
    return [command for command in [*typed, *inline] if not re.search(r"\.\.\.|, `|\||\bRUN\|", command)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_a_page_is_one_that_the_program_knows(page: Path) -> None:
    for typed in _commands(page):
        words = shlex.split(typed.partition("   #")[0])[1:]
        command: click.Command = main
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            found = command.get_command(click.Context(command), words[0])
            assert found is not None, f"{typed}: no command {words[0]!r}"
            command, words = found, words[1:]
        known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help"}
        unknown = {word for word in words if re.match(r"--\w", word) and word.partition("=")[0] not in known}
        assert not unknown, f"{typed}: {unknown}"


def test_the_site_of_the_how_to_can_be_loaded_and_watches_its_approach(tmp_path: Path) -> None:
    page = (DOCS / "how-to" / "own-site.md").read_text(encoding="utf-8")
    by_hand = next(text for language, text in FENCE.findall(page) if language == "toml" and "centre_deg" in text)
    (tmp_path / "site.toml").write_text(by_hand)
    site = load_site(tmp_path)
    assert [approach.name for approach in site.approaches] == ["LSGG 22"]
    assert site.parameters.apm.below_ft == 150.0


def test_the_citation_names_the_version_and_licence_of_the_package() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"\nversion: {__version__}\n" in citation
    assert f"\nlicense: {project['license']}\n" in citation
