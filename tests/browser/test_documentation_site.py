"""The documentation site, built as `make docs` builds it."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.conftest import LAPTOP, PHONE, assert_fits_its_width

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

PAGES = (
    "index",
    "tutorial/first-replay",
    "explanation/what-a-net-sees",
    "reference/python/sites",
    "notebooks/tuning-msaw",
    "public-benchmark",
    "search",
)
LOADED = re.compile(
    r"""<(?:script|img|iframe|audio|video|source|embed)\b[^>]*?\bsrc=["']?(https?:)?//"""
    r"""|<link\b[^>]*?\brel=["']?(?:stylesheet|preload|icon|preconnect)[^>]*?href=["']?(https?:)?//"""
    r"""|<link\b[^>]*?href=["']?(https?:)?//[^>]*?\brel=["']?(?:stylesheet|preload|icon|preconnect)"""
    r"""|@import\s+(?:url\()?["']?(https?:)?//|url\(["']?(https?:)?//""",
    re.IGNORECASE,
)
"""What a browser fetches by itself when it opens a page; a link that a reader may follow is none of it."""


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages read and their references resolved: half of the work, for which nothing need be written."""
    trees = tmp_path_factory.mktemp("site") / "trees"
    build("dummy", trees)
    return trees


@pytest.fixture(scope="module")
def site(trees: Path) -> Path:
    """The pages as `make docs` writes them, from what is read already."""
    return build("html", trees)


def build(builder: str, trees: Path) -> Path:
    """Run Sphinx in a process of its own: it imports and warns as it likes, and must not do so in that of the tests."""
    out = trees.with_name(builder)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", builder, "-d", str(trees)]
    built = subprocess.run([*command, str(DOCS), str(out)], capture_output=True, text=True, cwd=ROOT, check=False)
    assert built.returncode == 0, built.stderr
    return out


def missing(folder: Path, suffix: str) -> list[Path]:
    pages = [page.relative_to(DOCS) for pattern in ("*.md", "*.ipynb") for page in DOCS.rglob(pattern)]
    assert len(pages) > 100
    return [page for page in pages if not (folder / page).with_suffix(suffix).is_file()]


def test_every_page_is_read_and_every_reference_resolved_without_a_warning(trees: Path) -> None:
    assert missing(trees, ".doctree") == []


def test_every_page_is_written_without_a_warning(site: Path) -> None:
    assert missing(site, ".html") == []


def test_no_page_fetches_anything_from_a_network(site: Path) -> None:
    fetched = {
        f"{path.relative_to(site)}: {found.group()[:120]}"
        for pattern in ("*.html", "*.css")
        for path in site.rglob(pattern)
        for found in LOADED.finditer(path.read_text(encoding="utf-8"))
    }
    assert not fetched


def test_every_page_says_that_it_is_not_for_operational_use(site: Path) -> None:
    pages = [
        path for path in site.rglob("*.html") if path.name not in ("search.html", "genindex.html", "py-modindex.html")
    ]
    assert len(pages) > 40
    silent = [str(path.relative_to(site)) for path in pages if "Not for operational use" not in path.read_text("utf-8")]
    assert not silent


def test_every_command_and_every_option_is_in_the_reference(site: Path) -> None:
    page = (site / "reference" / "commands.html").read_text(encoding="utf-8")
    for words in (
        "safetynets phraseology compare",
        "--rule-sets",
        "safetynets terrain polygons",
        "--band-ft",
        "--qnh-hpa",
    ):
        assert words in page


def test_every_parameter_is_in_the_reference_with_its_source(site: Path) -> None:
    from safetynets.sites.parameters import parameter_models

    page = (site / "reference" / "parameters.html").read_text(encoding="utf-8")
    names = {name for model in parameter_models().values() for name in model.model_fields}
    assert not {name for name in names if f">{name}<" not in page}
    assert "an NTSB accident report describes 2 of 3 scans" in page


def test_every_room_has_a_page_of_its_public_interface(site: Path) -> None:
    for room, name in {
        "interface": "safetynets.api.run.replay",
        "recordings": "safetynets.recordings.read.read_tracks",
        "sites": "safetynets.sites.load.load_site",
        "nets": "safetynets.engine.monitor.judge",
        "phraseology": "safetynets.phraseology.say.say",
        "runs": "safetynets.runs.execute.replay",
    }.items():
        page = (site / "reference" / "python" / f"{room}.html").read_text(encoding="utf-8")
        assert f'id="{name}"' in page


@pytest.mark.parametrize("page", [*PAGES, "notebooks/replaying-geneva-and-zurich", "genindex"])
def test_a_page_opens_from_disk_without_a_network_and_fits_its_window(
    site: Path, browser_page: Page, page: str
) -> None:
    browser_page.goto((site / f"{page}.html").as_uri())
    assert browser_page.get_by_text("Not for operational use.").first.is_visible()
    for size in (LAPTOP, PHONE):
        browser_page.set_viewport_size(ViewportSize(width=size["width"], height=size["height"]))
        assert_fits_its_width(browser_page)


@pytest.mark.parametrize(("page", "size"), [*((page, LAPTOP) for page in PAGES), ("tutorial/first-replay", PHONE)])
def test_a_page_can_be_read_by_keyboard_and_by_ear(
    site: Path, chromium: Browser, assert_accessible: Callable[[Page], None], page: str, size: dict[str, int]
) -> None:
    # Not a watched page: axe itself asks for the style sheets, which a browser refuses to a page from the disk.
    opened = chromium.new_page(viewport=ViewportSize(width=size["width"], height=size["height"]))
    opened.goto((site / f"{page}.html").as_uri())
    assert_accessible(opened)
    opened.close()
