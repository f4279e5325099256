"""Line numbers that error messages name."""

from __future__ import annotations

import tomllib
from pathlib import Path

from safetynets.sites import list_sites, shipped_folder
from safetynets.sites.toml_lines import key_lines, line_of

TEXT = '''# a comment with [brackets] and key = value
title = "a # b [c"   # not a table
words = """
[[not a table]]
no_key = 1
"""
[terrain]
cell_m = 250
[[terrain.sources]]
files = [
  "one.hgt", # ]
  "two.hgt",
]
source = 'it"s'
[[terrain.sources]]
source = "second"
["quoted name"]
a.b = { c = 1, d = [
  2, 3] }
[[volumes]]
name = "x"
[[volumes.active]]
from = 1
'''


def test_every_key_has_the_line_it_stands_on():
    tomllib.loads(TEXT)
    assert {path: line for path, line in key_lines(TEXT).items() if isinstance(path[-1], str)} == {
        ("title",): 2,
        ("words",): 3,
        ("terrain",): 7,
        ("terrain", "cell_m"): 8,
        ("terrain", "sources", 0, "files"): 10,
        ("terrain", "sources", 0, "source"): 14,
        ("terrain", "sources", 1, "source"): 16,
        ("quoted name",): 17,
        ("quoted name", "a", "b"): 18,
        ("volumes", 0, "name"): 21,
        ("volumes", 0, "active", 0, "from"): 23,
    }


def test_a_bracket_right_behind_a_text_of_several_lines_ends_the_list():
    text = 'files = ["""\none\n"""]\ncell_m = 250\n'
    assert tomllib.loads(text) == {"files": ["one\n"], "cell_m": 250}
    assert key_lines(text) == {("files",): 1, ("cell_m",): 4}


def test_key_inside_a_list_or_inline_table_has_the_line_of_what_holds_it():
    lines = key_lines(TEXT)
    assert line_of(("quoted name", "a", "b", "d", 1), lines) == 18
    assert line_of(("terrain", "sources", 1, "files"), lines) == 15
    assert line_of(("nothing",), lines) is None


def test_every_key_of_the_shipped_sites_is_found_on_its_line():
    for name in list_sites():
        file: Path = shipped_folder() / "sites" / name / "site.toml"
        text = file.read_text(encoding="utf-8")
        found = key_lines(text)
        for path, line in found.items():
            if isinstance(path[-1], str) and len(path) > 1:
                assert str(path[-1]) in text.splitlines()[line - 1]
        leaves = list(_leaves(tomllib.loads(text)))
        assert len(leaves) > 30
        assert all(path in found for path in leaves)


def _leaves(value: object, path: tuple[str | int, ...] = ()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, item in enumerate(value):
            yield from _leaves(item, (*path, number))
    else:
        yield path
