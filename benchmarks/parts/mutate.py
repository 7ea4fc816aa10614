"""Mutations of valid files: damage that a slip, a spreadsheet, a bad disk or an unkind sender could do.

A mutation is drawn from a seeded generator, so that the same seed number gives the same bytes. Text is cut into
tokens (words, numbers, strings, marks, white space), and tokens are replaced, doubled, moved or removed; any
file is cut, repeated and has bytes changed; the parts inside a ZIP or gzip file are mutated and packed again.
"""

from __future__ import annotations

import gzip
import io
import random
import re
import zipfile

LARGEST = 200_000
"""Bytes of the longest mutated file: bounds are tested by hand-made cases, not by chance."""
_TOKEN = re.compile(rb'"[^"\n]*"|\w+|\s+|[^\w\s]', re.ASCII)
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"

# Values that readers trip over: empty, extreme, of another type, of another alphabet, or not text at all.
STRANGE: tuple[bytes, ...] = (
    *(
        b"",
        b" ",
        b"\t",
        b"\n",
        b"\r\n",
        b"\r",
        b"\n\n",
        b"\0",
        b"\x1a",
        b"\x7f",
        b"\x85",
        b"\xa0",
        b"\xff",
        b"\xc3",
    ),
    *(
        b"0",
        b"-1",
        b"-0",
        b"1",
        b"1e999",
        b"-1e999",
        b"0.1",
        b"1,5",
        b"1.000,5",
        b"00",
        b"0x1F",
        b"0o17",
        b"1_000",
    ),
    *(
        b"9" * 20,
        b"9" * 400,
        b"9" * 5000,
        b"99999999999999999999:59",
        b"nan",
        b"NaN",
        b"inf",
        b"-Infinity",
        b"1/0",
    ),
    *(
        b"null",
        b"~",
        b"true",
        b"false",
        b"yes",
        b"no",
        b"None",
        b"[]",
        b"{}",
        b'""',
        b"''",
        b"[[]]",
        b'{"":{}}',
    ),
    *(b"[" * 300, b"{" * 300, b"- " * 300, b'{"a":' * 300, b"(" * 300, b"<" * 300, b"<b>" * 300, b"\\" * 300),
    *(
        b"[" * 20_000,
        b"a" * 20_000,
        b"/" * 300,
        b"../" * 30,
        b"../../x",
        b"/etc/hosts",
        b"C:\\x",
        b"**",
        b"*/",
    ),
    *(
        b'"',
        b"'",
        b"`",
        b",",
        b";",
        b"|",
        b":",
        b": ",
        b"#",
        b"&",
        b"&a",
        b"*a",
        b"!!",
        b"!!python/none",
        b"%",
        b"@",
    ),
    *(
        b"<<: *a",
        b"? ",
        b"---\n",
        b"...\n",
        b"|\n",
        b">-\n",
        b"=",
        b"=1+1",
        b"+",
        b"-",
        b"\\",
        b"\\x",
        b"\\u0000",
    ),
    *(
        b"\\ud800",
        b"\\udfff\\ud800",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xfe\xff",
    ),
    *(
        "\u2028".encode(),
        "\u2029".encode(),
        "\u0085".encode(),
        "\u200b".encode(),
        "\u00ad".encode(),
        "\u202e".encode(),
    ),
    *(
        "ä".encode(),
        "a\u0308".encode(),
        "İ".encode(),
        "ﬁ".encode(),
        "٣".encode(),
        "²".encode(),
        "😀".encode(),
        "\ufffe".encode(),
    ),
    *(
        b"2024-02-30",
        b"2024-13-01",
        b"0000-00-00",
        b"9999-12-31T23:59:60Z",
        b"-9999-01-01",
        b"24:00:00",
        b"1e5",
    ),
    *(
        b"id",
        b"code",
        b"name",
        b"start",
        b"end",
        b"quote",
        b"nan",
        b"index",
        b"level_0",
        b"0.0",
        b"__class__",
        b"{0}",
        b"%s",
    ),
    *(
        b"(?P<a",
        b"(a+)+$",
        b"[z-a]",
        b"(?<=a*)",
        b"\\1",
        b"{value!r}",
        b"{x.y}",
        b"sep=;\n",
        b"<!--",
        b"-->",
        b"]]>",
        b"</",
    ),
)


def mutated(draw: random.Random, seeds: list[bytes]) -> bytes:
    """One mutation of one of the seeds."""
    data = draw.choice(seeds)
    if data.startswith(_ZIP) and draw.random() < 0.8:
        return _within_zip(draw, data)
    if data.startswith(_GZIP) and draw.random() < 0.8:
        return gzip.compress(_damaged(draw, gzip.decompress(data), [data]), mtime=0)
    return _damaged(draw, data, seeds)


def _damaged(draw: random.Random, data: bytes, seeds: list[bytes]) -> bytes:
    """From one to six changes; mostly few, because a file with one slip gets furthest."""
    for _ in range(min(6, 1 + int(draw.expovariate(0.9)))):
        if draw.random() < 0.6 and b"\0" not in data[:200]:
            data = _tokens(draw, data)
        else:
            data = _bytes(draw, data, seeds)
        data = data[:LARGEST]
    return _saved_otherwise(draw, data) if draw.random() < 0.06 else data


def _tokens(draw: random.Random, data: bytes) -> bytes:
    """Replace, double, move or remove a token or a line, or put a strange value before one."""
    if draw.random() < 0.25:
        parts = data.splitlines(keepends=True)
    else:
        parts = _TOKEN.findall(data)
    if not parts:
        return draw.choice(STRANGE)
    place = draw.randrange(len(parts))
    act = draw.randrange(8)
    if act <= 2:
        quoted = parts[place][:1] == b'"' and draw.random() < 0.7
        strange = draw.choice(STRANGE)
        parts[place] = b'"' + strange + b'"' if quoted else strange
    elif act == 3:
        parts[place] = draw.choice(parts)
    elif act == 4:
        parts.insert(place, draw.choice(parts) if draw.random() < 0.5 else draw.choice(STRANGE))
    elif act == 5:
        del parts[place : place + draw.choice((1, 1, 1, 2, 5))]
    elif act == 6:
        other = draw.randrange(len(parts))
        parts[place], parts[other] = parts[other], parts[place]
    else:
        parts[place] = parts[place] * draw.choice((2, 2, 3, 50))
    return b"".join(parts)


def _bytes(draw: random.Random, data: bytes, seeds: list[bytes]) -> bytes:
    """Cut, repeat, join with another seed, change bytes."""
    size = len(data)
    begin = draw.randrange(size + 1)
    end = min(size, begin + int(draw.expovariate(0.05)) + 1)
    act = draw.randrange(8)
    if act == 0:
        return data[:begin]
    if act == 1:
        return data[:begin] + data[end:]
    if act == 2:
        return data[:end] + data[begin:end] * draw.choice((1, 2, 30)) + data[end:]
    if act == 3:
        other = draw.choice(seeds)
        return data[:begin] + other[draw.randrange(len(other) + 1) :]
    if act == 4:
        return data[:begin] + draw.choice(STRANGE) + data[begin:]
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 8))):
        if changed:
            changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def _saved_otherwise(draw: random.Random, data: bytes) -> bytes:
    """The same text as another program would save it."""
    text = data.decode("utf-8", errors="replace")
    act = draw.randrange(7)
    if act == 0:
        return text.encode("utf-16")
    if act == 1:
        return text.encode("cp1252", errors="replace")
    if act == 2:
        return b"\xef\xbb\xbf" + data
    if act == 3:
        return data.replace(b"\n", b"\r\n")
    if act == 4:
        return data.replace(b"\n", b"\r")
    if act == 5:
        return data.replace(b",", b";")
    return text.encode("utf-32")


def _within_zip(draw: random.Random, data: bytes) -> bytes:
    """Mutate a part of a ZIP file and pack it again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    texts = [place for place, (_, part) in enumerate(parts) if part[:1] in (b"<", b"P") or not part]
    place = draw.choice(texts or list(range(len(parts))))
    # The words are in few of the parts: most damage goes there.
    likely = [n for n in texts if re.search(r"(document|content|note|comment|header|footer)", parts[n][0])]
    if likely and draw.random() < 0.7:
        place = draw.choice(likely)
    name, part = parts[place]
    act = draw.randrange(12)
    if act == 0:
        del parts[place]
    elif act == 1:
        parts.append((name, part))
    elif act == 2:
        parts[place] = (name + draw.choice(("x", "/", "\\", "../", "\u00e4")), part)
    else:
        parts[place] = (name, _damaged(draw, part, [part]))
    packed = io.BytesIO()
    import warnings

    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, part in parts:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part)
    return packed.getvalue()
