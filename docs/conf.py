"""How the documentation site is built: `make docs`, into out/docs, without a network."""

from __future__ import annotations

import functools
import gc
import sys
from pathlib import Path
from typing import Any

from sphinx.search.en import SearchEnglish

# A quarter of the time went into looking for garbage among trees of pages that are all kept.
gc.disable()
# The same words stand on most pages: the stem of each, for the search, is found once.
SearchEnglish.stem = functools.cache(SearchEnglish.stem)  # type: ignore[method-assign]

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import outside_pages  # noqa: E402

import safetynets  # noqa: E402

project = "safetynets"
author = "the safetynets project"
copyright = "the safetynets project, Apache-2.0"
version = release = safetynets.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
default_role = "py:obj"
# Two rooms may use one word for their own thing; a link of a docstring then goes to the first of them.
suppress_warnings = ["ref.python"]

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "deflist", "substitution"]
myst_substitutions = {"version": release}
nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, Any] = {}

autodoc_use_type_comments = False  # there are none
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True}
napoleon_use_ivar = True
napoleon_attr_annotations = False  # the types stand in the signature
napoleon_google_docstring = False

html_theme = "furo"
html_title = f"safetynets {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_theme_options = {
    "announcement": "A laboratory. <strong>Not for operational use.</strong>",
    "light_css_variables": {"color-brand-primary": "#0b5394", "color-brand-content": "#0b5394"},
}


def setup(app: Any) -> None:
    """Bring in the notebooks, fill the marks of the pages while they are read, and mend what the theme leaves out."""
    app.connect("builder-inited", outside_pages.copy_notebooks)
    app.connect("autodoc-process-signature", outside_pages.plain_arrays)
    app.connect("html-page-context", outside_pages.titles_once, priority=100)
    app.connect("html-page-context", outside_pages.by_keyboard_and_ear, priority=900)
    app.connect("source-read", outside_pages.fill)
