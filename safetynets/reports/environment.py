"""The templates of the pages, and what every page knows: the colours of the nets."""

from __future__ import annotations

from base64 import b64encode
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from safetynets import __version__
from safetynets.engine.net import nets
from safetynets.reports.formats import number


def environment() -> Environment:
    """The templates: every word of the input is escaped, and a name that is not known is a fault."""
    found = Environment(
        loader=PackageLoader("safetynets.reports"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    found.globals["net_styles"] = net_styles
    return found


def render(template: str, **context: Any) -> str:
    """A page of this package as HTML: nothing fetched, every word of the input escaped."""
    return environment().get_template(template).render(version=__version__, number=number, **context)


def data_uri(content: bytes, media_type: str) -> str:
    """What a page embeds: a picture, or a sound."""
    return f"data:{media_type};base64,{b64encode(content).decode('ascii')}"


def script(name: str) -> Markup:
    """A script that comes with the templates, to stand inside a page."""
    return Markup(files("safetynets.reports").joinpath(f"templates/{name}").read_text(encoding="utf-8"))


def net_styles(within: str = "", *, on_dark: bool = False) -> Markup:
    """The style of the name of each net, on light or on dark ground, as CSS.

    >>> print(net_styles().splitlines()[0])
    .net.MSAW { background: #b8420a; }
    """
    return Markup(
        "\n".join(
            f"{within}.net.{net.name} {{ background: {net.look.colour_on_dark if on_dark else net.look.colour}; }}"
            for net in nets()
        )
    )
