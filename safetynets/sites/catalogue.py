"""Which sites are shipped, and where."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from safetynets.errors import InputError, SiteError, nearest
from safetynets.text_files import read_toml

SITE_FILE = "site.toml"


def shipped_folder() -> Path:
    """The folder of the shipped scenarios, sites and data: that inside an installed package, else the checkout's.

    Returns
    -------
    pathlib.Path
        The folder.

    Examples
    --------
    >>> (shipped_folder() / "sites" / "geneva" / SITE_FILE).is_file()
    True
    """
    packaged = Path(str(resources.files("safetynets"))) / "_scenarios"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / "scenarios"


def shipped_file(name_or_path: str | Path, folder: Path, what: str, error: type[InputError]) -> Path:
    """A file of a shipped folder by its name, or of one's own by its path.

    Raises
    ------
    InputError
        When there is none; the error, of the type given, names the nearest shipped file.
    """
    path, name = Path(name_or_path), str(name_or_path)
    if path.is_file():
        return path
    shipped = names_in(folder)
    if name in shipped:
        return folder / f"{name}.toml"
    if path.suffix == ".toml" or path.is_dir():
        raise error(f"there is no such {what} file", file=path, mend=f"give the path of a {what}'s .toml file")
    raise error(f"there is no {what} {name!r}", mend=nearest(name, shipped))


def names_in(folder: Path) -> tuple[str, ...]:
    """The names of the TOML files of a folder, sorted."""
    return tuple(sorted(file.stem for file in folder.glob("*.toml")))


def list_sites() -> tuple[str, ...]:
    """Names of the shipped sites, sorted.

    Returns
    -------
    tuple of str
        Names that `load_site` takes.

    Examples
    --------
    >>> list_sites()
    ('basel', 'flat', 'geneva', 'guam', 'lyon', 'paris', 'zurich')
    """
    return tuple(sorted(file.parent.name for file in (shipped_folder() / "sites").glob(f"*/{SITE_FILE}")))


def site_file(name_or_path: str | Path) -> Path:
    """The `site.toml` of a shipped site by its name, or of a folder or file by its path.

    Raises
    ------
    SiteError
        When there is none; the error names the nearest shipped site.
    """
    path = Path(name_or_path)
    if path.is_file():
        return path
    if (path / SITE_FILE).is_file():
        return path / SITE_FILE
    shipped = shipped_folder() / "sites" / str(name_or_path) / SITE_FILE
    if str(name_or_path) in list_sites():
        return shipped
    if path.is_dir():
        raise SiteError(f"the folder holds no {SITE_FILE}", file=path, mend="see docs/sites.md for how to write one")
    raise SiteError(f"there is no site {str(name_or_path)!r}", mend=nearest(str(name_or_path), list_sites()))


def sites_written() -> list[dict[str, str]]:
    """Name, title and approaches of the shipped sites, as their files say: no terrain is read.

    >>> [site["approaches"] for site in sites_written() if site["name"] == "zurich"]
    ['LSZH 14, LSZH 16, LSZH 28, LSZH 34']
    """
    rows = []
    for name in list_sites():
        written = read_toml(site_file(name), SiteError)[0]
        approaches = ", ".join(approach["name"] for approach in written.get("approaches", []))
        rows.append({"name": name, "title": written["title"], "approaches": approaches})
    return rows
