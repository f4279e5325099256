"""Files that are small and mean something huge, and names that lead out of a folder."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

from tests.attack.seeds import Kind

DEEP = 100_000
LONG = 3_000_000


def of_kind(kind: Kind) -> dict[str, bytes]:
    """The bombs for a kind of file, by name."""
    ending = kind.file.rsplit(".", 1)[-1]
    found: dict[str, bytes] = {
        "zeros": bytes(LONG),
        "one long line": b"a" * LONG,
        "a long number": b"9" * LONG,
        "commas": b"," * LONG,
        "quotes": b'"' * LONG,
        "newlines": b"\n" * LONG,
    }
    if ending == "toml":
        found |= {
            "deep arrays": b"a = " + b"[" * DEEP + b"]" * DEEP,
            "deep tables": b"a = " + b"{b=" * DEEP + b"1" + b"}" * DEEP,
            "a deep key": b".".join([b"a"] * DEEP) + b" = 1",
            "a deep key in quotes": b".".join([b'"a"'] * DEEP) + b" = 1",
            "a deep header": b"[" + b".".join([b"a"] * DEEP) + b"]",
            "a deep key with blanks": b" . ".join([b"a"] * DEEP) + b" = 1",
            "headers of many parts": b"".join(b"[k%x.a.a.a.a.a.a.a]\n" % number for number in range(76_000)),
            "an integer of 65 bits": b"a = 36893488147419103232",
            "a long hexadecimal integer": b"a = 0x" + b"f" * 100_000,
            "quotes that do not end": b'a = """' + b'\\"' * DEEP,
            "a long key": b"a" * LONG + b" = 1",
            "many keys": b"".join(b"k%d = 1\n" % number for number in range(100_000)),
            "many tables": b"[[volumes]]\n" * 100_000,
            "a long integer": b"a = " + b"9" * 100_000,
        }
    if ending in ("json", "geojson"):
        found |= {
            "deep arrays": b"[" * DEEP + b"]" * DEEP,
            "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
            "a long integer": b'{"a": ' + b"9" * 100_000 + b"}",
            "many objects": b"[" + b",".join([b"{}"] * 100_000) + b"]",
        }
    if ending in ("xml", "kml"):
        lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        found["entities"] = f'<!DOCTYPE a [<!ENTITY l0 "lol">{lol}]><a>&l11;</a>'.encode()
        found["deep elements"] = b"<a>" * DEEP + b"</a>" * DEEP
        found["an outer entity"] = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    if kind.name.startswith("tracks"):
        found |= {
            "gz of zeros": gzip.compress(bytes(300_000_000), 9),
            "gz in gz": gzip.compress(gzip.compress(bytes(100_000_000))),
            "zip of zeros": _zip({"day.csv": bytes(300_000_000)}),
            "zip that leaves its folder": _zip({"../../out.csv": kind.seeds[0]}),
            "zip of a thousand": _zip({f"{number}.csv": b"" for number in range(1000)}),
            "many columns": b",".join(b"c%d" % number for number in range(100_000)) + b"\n" + b"," * 99_999,
            "a high track number": b"time_s,track\n0,2000000000\n1,1999999999\n",
            "a span of ages": b"time_s,track,latitude_deg,longitude_deg\n0,0,46,6\n1e300,0,46,6\n",
            "deep JSON": b'{"a":' * DEEP,
            "many fields": json.dumps({"states": [[0] * 100_000]}).encode(),
        }
    return found


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def outside(kinds: dict[str, Kind], folder: Path) -> list[str]:
    """What was written outside a folder by files that name places outside it."""
    from safetynets.errors import SafetynetsError

    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    before = set(folder.rglob("*"))
    wrong = []
    for name in ("sites", "scenarios", "studies", "rule sets", "traffic settings"):
        kind = kinds[name]
        for seed in kind.seeds:
            for path in (b"../../x", b"/attack-x", b"~/attack-x", b"..\\\\..\\\\x"):
                file = inner / kind.file
                file.write_bytes(seed.replace(b'name = "', b'name = "' + path + b" ", 1))
                try:
                    kind.read(file)
                except SafetynetsError:
                    pass
                except Exception as error:
                    wrong.append(f"{name} named {path.decode()}: {error!r}")
                file.unlink()
    after = set(folder.rglob("*"))
    return wrong + [f"{each} appeared" for each in after - before]
