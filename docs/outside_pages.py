"""What the site holds that no page of docs/ does: parts of the reference written from the code, and the notebooks.

A page holds a mark such as `<!-- generated: commands -->`; what stands here takes its place.
"""

from __future__ import annotations

import importlib
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from sphinx.addnodes import toctree

from safetynets.cli import main
from safetynets.sites.key_tables import tables

NOTEBOOKS = "notebooks"
OUTWARD = re.compile(rf"\]\(\.\./(?=(?:\.\./)*{NOTEBOOKS}/)")
"""A link from a page to a notebook leads out of docs/; in the site the notebooks are within."""
ARRAY = re.compile(
    r"~?(?:numpy\.)?ndarray\[tuple\[~?(?:typing\.)?Any, \.\.\.\], ~?(?:numpy\.)?dtype\[~?(?:numpy\.)?(\w+)\]\]"
)
MARK = re.compile(r"<!-- generated: (\w+) ?([\w. ]*?) -->")


def plain_arrays(
    app: Any, what: str, name: str, obj: Any, options: Any, signature: str, returns: str
) -> tuple[str, str]:
    """A signature with its arrays as the source writes them (the `autodoc-process-signature` event)."""
    del app, what, name, obj, options
    return tuple(ARRAY.sub(r"NDArray[\1]", part) if part else part for part in (signature, returns))  # type: ignore[return-value]


def copy_notebooks(app: Any) -> None:
    """Bring the notebooks to where Sphinx looks for pages (the `builder-inited` event)."""
    there = Path(app.srcdir) / NOTEBOOKS
    for stale in there.glob("*.ipynb"):
        stale.unlink()
    for notebook in sorted(Path(app.srcdir).parent.joinpath(NOTEBOOKS).glob("*.ipynb")):
        shutil.copy2(notebook, there / notebook.name)  # with its date: an old one is not read again


def by_keyboard_and_ear(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Let code and tables be scrolled by keyboard, and give captions their level (the `html-page-context` event)."""
    del app, page, template, doctree
    body = re.sub(r"<pre(?=[ >])", '<pre tabindex="0"', context.get("body", ""))
    body = re.sub(r'<div class="(?=table-wrapper|output text_html)', '<div tabindex="0" class="', body)
    context["body"] = body.replace("<th></th>", "<td></td>")  # the corner of a table of pandas
    captions = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = captions.replace('role="heading"', 'role="heading" aria-level="2"')


def titles_once(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Cut the contents of every page to its titles once, not anew for each page that shows the tree of all."""
    del page, template, doctree
    environment, resolve = app.env, context.get("toctree")
    if resolve is None:
        return

    def of_titles(**options: Any) -> str:
        whole, environment.tocs = environment.tocs, _titles(environment)
        try:
            return str(resolve(**options))
        finally:
            environment.tocs = whole

    context["toctree"] = of_titles


@cache
def _titles(environment: Any) -> dict[str, Any]:
    """The contents of each page without its sections, but with the contents of other pages that stand in them."""
    cut = {}
    for page, contents in environment.tocs.items():
        cut[page] = contents.deepcopy()
        for title in cut[page].children:
            if len(title) > 1:
                title[1][:] = list(title.findall(toctree))
    return cut


def fill(app: Any, document: str, source: list[str]) -> None:
    """Replace every mark of a page, and lead its links to where the site has pages (the `source-read` event)."""
    del app
    text = MARK.sub(lambda mark: _WRITERS[mark[1]](mark[2]), source[0])
    if document.startswith(f"{NOTEBOOKS}/"):
        source[0] = text.replace("](../docs/", "](../")
    else:
        source[0] = OUTWARD.sub("](", text)


def commands(of: str) -> str:
    """Every command with its arguments and options, as `--help` has them."""
    del of
    return "\n\n".join(_command_section(path, command) for path, command in _commands(main, ("safetynets",)))


def parameters(net: str) -> str:
    """The table of a net's parameters, that of docs/sites.md."""
    return tables()[f"parameters {net}"]


def pages(folder: str) -> str:
    """A table of contents of the pages of a folder that is not shown where it stands, for the page has its own."""
    return f"```{{toctree}}\n:hidden:\n:glob:\n\n{folder}/*\n```"


def room(names: str) -> str:
    """The public interface of packages and modules."""
    return _autodoc([line for name in names.split() for line in _directives(importlib.import_module(name))])


def names(of: str) -> str:
    """Every name that a package defines for its users in `api`; those it passes on stand on the page of their room."""
    package = importlib.import_module(of)
    found = [getattr(package, name) for name in package.__all__ if not name.startswith("_")]
    own = [value for value in found if value.__module__.startswith(f"{of}.api.")]
    return _autodoc([
        f".. auto{'class' if isinstance(value, type) else 'function'}:: {value.__module__}.{value.__name__}"
        for value in sorted(own, key=lambda value: (isinstance(value, type), value.__name__.lower()))
    ])  # fmt: skip


_WRITERS = {"commands": commands, "names": names, "pages": pages, "parameters": parameters, "room": room}


def _directives(module: ModuleType) -> list[str]:
    """For a package a directive for each function and class it exports, where it is at home; else the whole module."""
    values = [getattr(module, name) for name in sorted(getattr(module, "__all__", ()), key=str.lower)]
    return [
        f".. auto{'class' if isinstance(value, type) else 'function'}:: {value.__module__}.{value.__name__}"
        for value in values
        if hasattr(value, "__name__") and value.__module__.startswith(module.__name__)
    ] or [f".. automodule:: {module.__name__}"]


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None and not found.hidden:
                yield from _commands(found, (*path, name))


def _command_section(path: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(command, info_name=" ".join(path))
    usage = " ".join((*path, *command.collect_usage_pieces(context)))
    lines = [f"{'#' * min(len(path) + 1, 4)} `{' '.join(path)}`", "", f"```text\n{usage}\n```", ""]
    lines += [(command.help or "").replace("\b", "").strip(), ""]
    options = [option.get_help_record(context) for option in command.params if isinstance(option, click.Option)]
    options = [option for option in options if option]
    if options:
        lines += ["| option | what it does |", "| --- | --- |"]
        lines += [f"| `{_cell(names)}` | {_cell(meaning)} |" for names, meaning in options]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;").split())


def _autodoc(directives: list[str]) -> str:
    return "```{eval-rst}\n" + "\n\n".join(directives) + "\n```"
