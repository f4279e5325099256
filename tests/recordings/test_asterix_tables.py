"""Any valid record of any category is read and written as a slow decoder and a slow encoder do, bit by bit."""

import random
from collections import defaultdict

import numpy as np
import pytest

from safetynets.errors import TracksError
from safetynets.recordings.asterix.decode import Decoder
from safetynets.recordings.asterix.encoder import blocks, encode
from safetynets.recordings.asterix.fields import Fields
from safetynets.recordings.asterix.tables import RANDOM_FIELDS, categories, editions, fields_of, load
from tests.oracle.asterix import TABLES, UndecodableError, decode_block, in_unit, path_of, random_record

RECORDS = 10_000
LAYOUTS = [
    (category, edition, uap)
    for category in categories()
    for edition in editions(category)
    for uap in TABLES[f"{category:03d}"]["editions"][edition]["uap"]
]


def all_paths(category: int, edition: str, *, nested: bool = False) -> dict[str, tuple[int, list]]:
    """Every field outside repetitive and explicit items, and, if not `nested`, compound ones in expansion fields."""
    found: dict[str, tuple[int, list]] = {}

    def visit(item, path):
        if "subitems" in item:
            for entry in item["subitems"]:
                if entry is not None and (nested or not ("explicit" in item and "subitems" in entry[1])):
                    visit(entry[1], f"{path}/{entry[0]}")
        elif "explicit" not in item and "repeat" not in item:
            for name, size, *content in [f for part in item.get("parts", [item.get("fields")]) for f in part]:
                if name is not None:
                    found[path_of(path, name)] = size, content

    for name, item in load(category, edition).items.items():
        visit(item, name)
    return found


def decoder_of_all(category: int, edition: str) -> tuple[Decoder, dict[str, tuple[int, list]]]:
    paths = all_paths(category, edition)
    numbers = {path: (path,) for path in paths}
    codes = {path: (path,) for path, (size, _) in paths.items() if size < 64}
    return Decoder(load(category, edition), Fields(numbers, codes)), paths


def block_of(category: int, records: list[bytes]) -> bytes:
    content = b"".join(records)
    return bytes((category,)) + (len(content) + 3).to_bytes(2, "big") + content


def decoded(decoder: Decoder, found: list[bytes]):
    octets = np.frombuffer(b"".join(found), dtype=np.uint8)
    end = np.cumsum([len(block) for block in found], dtype=np.int64)
    return decoder.decode(octets, np.concatenate([[0], end[:-1]]).astype(np.int64), end)


def test_ten_thousand_random_records_read_as_the_slow_decoder_reads_them() -> None:
    rng = random.Random(62)
    share = -(-RECORDS // len(LAYOUTS))
    for category, edition, uap in LAYOUTS:
        made = [random_record(rng, category, edition, uap) for _ in range(share)]
        decoder, paths = decoder_of_all(category, edition)
        records = decoded(decoder, [block_of(category, [octets for octets, _ in made])])
        assert len(records) == share
        for path, (size, content) in paths.items():
            wanted = [values.get(path) for _, values in made]
            numbers = [np.nan if raw is None else in_unit(raw, size, content) for raw in wanted]
            np.testing.assert_array_equal(records.number(path), numbers, err_msg=f"{category} {edition} {path}")
            if size < 64:
                codes = [-1 if raw is None else raw for raw in wanted]
                np.testing.assert_array_equal(records.code(path), codes, err_msg=f"{category} {edition} {path}")


def columns_of(made: list[dict], category: int, edition: str) -> dict[str, np.ndarray]:
    """The values of random records as columns for the encoder: quantities in their unit, codes as they stand."""
    singles = all_paths(category, edition, nested=True)
    columns: dict[str, np.ndarray] = {}
    for path in sorted({path for values in made for path in values}):
        raw = [values.get(path) for values in made]
        if any(isinstance(one, bytes) for one in raw):
            columns[path] = np.array(raw, dtype=object)
        elif any(isinstance(one, list) for one in raw):
            width = max(len(one or []) for one in raw)
            content = repeated_content(category, edition, path)
            rows = [[value_of(v, *content) for v in one or []] for one in raw]
            filler = np.nan if content[1] and len(content[1]) > 1 else -1
            columns[path] = np.array([row + [filler] * (width - len(row)) for row in rows])
        else:
            size, content = singles[path]
            if len(content) > 1:
                columns[path] = np.array([np.nan if one is None else in_unit(one, size, content) for one in raw])
            else:
                columns[path] = np.array([-1 if one is None else one for one in raw], dtype=np.int64)
    return columns


def value_of(raw: int, size: int, content: list) -> float:
    return in_unit(raw, size, content) if len(content) > 1 else raw


def repeated_content(category: int, edition: str, path: str) -> tuple[int, list]:
    names = path.split("/")
    item = load(category, edition).items[names[0]]
    while "subitems" in item:
        item = dict(entry for entry in item["subitems"] if entry)[names[1]]
        names = names[1:]
    for name, size, *content in item["fields"]:
        if name is not None and path_of("/".join(names[:1]), name) == "/".join(names):
            return size, content
    raise AssertionError(path)


def test_what_the_encoder_writes_of_random_records_is_what_the_slow_encoder_writes() -> None:
    rng = random.Random(48)
    for category, edition, uap in LAYOUTS:
        made = [random_record(rng, category, edition, uap) for _ in range(40)]
        columns = columns_of([values for _, values in made], category, edition)
        written = encode(category, columns, edition=edition, uap=uap).records()
        assert written == [octets for octets, _ in made], (category, edition, uap)


def test_random_bytes_are_undecodable_in_both_decoders_or_in_neither() -> None:
    rng = random.Random(1)
    refused = defaultdict(int)
    for category, edition, _ in LAYOUTS:
        decoder, paths = decoder_of_all(category, edition)
        found = [block_of(category, [rng.randbytes(rng.randint(1, 40))]) for _ in range(150)]
        # Half of them begin as valid records and end as they may.
        for number in range(0, len(found), 2):
            octets, _ = random_record(rng, category, edition, LAYOUTS_UAP[category, edition])
            place = rng.randrange(len(octets))
            spoilt = octets[:place] + bytes((octets[place] ^ 1 << rng.randrange(8),)) + octets[place + 1 :]
            found[number] = block_of(category, [spoilt])
        records = decoded(decoder, found)
        bad = set(records.undecodable.tolist())
        row = 0
        for number, block in enumerate(found):
            try:
                wanted = decode_block(block, category, edition)
            except UndecodableError:
                if uses_random_fields(category, edition):
                    row += int((records.block == number).sum())
                    continue
                assert number in bad, (category, edition, block.hex())
                refused[category] += 1
                continue
            assert number not in bad, (category, edition, block.hex())
            for values in wanted:
                assert records.block[row] == number
                for path in paths:
                    if paths[path][0] < 64:
                        assert records.code(path)[row] == values.get(path, -1), (category, edition, path, block.hex())
                row += 1
        assert row == len(records)
    assert min(refused.values()) > 10


LAYOUTS_UAP = {(category, edition): uap for category, edition, uap in LAYOUTS}


def uses_random_fields(category: int, edition: str) -> bool:
    return any(RANDOM_FIELDS in uap for uap in load(category, edition).uaps.values())


def test_random_field_sequencing_is_read() -> None:
    plain = encode(2, {"010/SAC": [1], "010/SIC": [2], "000": [1], "030": [100.5]}).records()[0]
    # I002/RFS is the fourteenth item: FSPEC 01 02; two items follow, each after its number in the UAP.
    sequence = bytes.fromhex("01020204") + (12864).to_bytes(3, "big") + bytes.fromhex("010102")
    decoder, _ = decoder_of_all(2, editions(2)[0])
    records = decoded(decoder, [block_of(2, [plain]), block_of(2, [sequence])])
    assert records.number("030").tolist() == [100.5, 100.5]
    assert records.code("010/SIC").tolist() == [2, 2]


def test_category_001_is_read_as_plot_or_as_track_by_a_bit_of_each_record() -> None:
    plot = encode(1, {"010/SAC": [9], "020/TYP": [0], "141": [1.5], "131": [-7.0]}, uap="plot").records()[0]
    track = encode(1, {"010/SAC": [9], "020/TYP": [1], "161": [77], "141": [2.5]}, uap="track").records()[0]
    decoder, _ = decoder_of_all(1, editions(1)[0])
    records = decoded(decoder, [block_of(1, [plot, track, plot])])
    assert records.code("161").tolist() == [-1, 77, -1]
    assert records.number("141").tolist() == [1.5, 2.5, 1.5]
    assert records.number("131")[::2].tolist() == [-7.0, -7.0]


def test_a_record_of_category_001_that_does_not_say_what_it_is_makes_its_block_undecodable() -> None:
    nameless = bytes.fromhex("a0010200000000")
    decoder, _ = decoder_of_all(1, editions(1)[0])
    assert decoded(decoder, [block_of(1, [nameless])]).undecodable.tolist() == [0]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"136": [9000.0]}, "136 is 9000, outside -8192 to 8191.75 FL"),
        ({"105/LAT": [1.0, 2.0], "105/LON": [1.0, np.nan]}, "row 2: 105/LON is unknown"),
        ({"245/CHR": ["dlh"]}, "245/CHR is 'dlh'"),
        ({"060/MODE3A": ["7809"]}, "060/MODE3A is '7809'"),
        ({"999": [1]}, "category 062 edition 1.21 has no field '999'"),
        ({"040": [70_000]}, "040 is 70000, outside 0 to 65535"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_field_and_row(columns, message) -> None:
    with pytest.raises(TracksError, match=message.replace("(", r"\(")):
        encode(62, columns)


def test_blocks_are_as_long_as_allowed_and_hold_whole_records() -> None:
    encoded = encode(65, {"010/SAC": [1] * 100, "030": np.arange(100) / 128.0})
    found = blocks(65, encoded, longest=100)
    assert sum(count for count, _ in found) == 100
    assert all(len(block) <= 100 and int.from_bytes(block[1:3], "big") == len(block) for _, block in found)
    assert b"".join(block[3:] for _, block in found) == encoded.octets.tobytes()


def test_every_field_that_is_read_stands_in_some_edition() -> None:
    from safetynets.recordings.asterix.fields import CONTEXT, PLOTS
    from safetynets.recordings.asterix.tables import layout

    for number, fields in (PLOTS | CONTEXT).items():
        known = set().union(*(layout(load(number, one), fields.paths).fields for one in editions(number)))
        assert set(fields.paths) == known


def test_the_fields_of_an_item_are_told_with_their_place() -> None:
    sal = dict(entry for entry in load(62).items["380"]["subitems"] if entry)["SAL"]
    assert {name: (field.first_bit, field.bits) for name, field in fields_of(sal)} == {
        "SAS": (0, 1),
        "SRC": (1, 2),
        "ALT": (3, 13),
    }
