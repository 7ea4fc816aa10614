"""Names of authors: which part is the surname, whether two names may be one person's, and lists of names."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_LONGEST = 300
_PARTICLE_LIST = (
    "van von vom der den de del della dello di da do du dos das la le las los les ten ter te zu zum zur "
    "al el bin ibn ben af av d l y e i und san st"
)
_PARTICLES = frozenset(_PARTICLE_LIST.split())
_SUFFIXES = re.compile(r"[\s,]+(?:jr|sr|ii|iii|iv|phd|ph\.d|md|m\.d|dr)\.?$", re.I)
_INSTITUTION_LIST = (
    "organization organisation university institute council committee group team consortium "
    "collaboration network society association agency ministry department office commission centre "
    "center foundation authority service services federation academy college school hospital laboratory "
    "project investigators initiative programme program board bureau inc ltd llc oy oyj gmbh ag plc "
    "universität universitaet institut ministerium verband gesellschaft bundesamt ministère université "
    "universidad universidade instituto consejo ministerio yliopisto virasto laitos keskus ministeriö "
    "universitet universitetet"
)
_INSTITUTION_WORDS = frozenset(_INSTITUTION_LIST.split())
_JOINTS = re.compile(r"\s(?:of|and|for|on|the|für|und|per|pour|para|&)\s", re.I)
_OTHERS = re.compile(r"(?:\b(?:and\s+others|et\.?\s+al)\b\.?|\bu\.\s?a\.|\s*(?:\.\.\.|…))\s*$", re.I)
_ONE_WORD_OTHERS = frozenset({"others", "and others", "et al", "al", "u.a", "...", "…"})


def fold(text: str) -> str:
    """Lower-case letters without accents: ``ł`` is l, ``ø`` o, ``ß`` ss; other characters stay.

    Examples
    --------
    >>> fold("Łoś, Straße, Ørsted, Åkerlund")
    'los, strasse, orsted, akerlund'
    """
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


def key(text: str) -> str:
    """The form in which surnames are compared: no accents, spaces or hyphens; ``ü`` and ``ue`` alike.

    Examples
    --------
    >>> key("Müller") == key("Mueller") == key("MULLER"), key("O'Neil") == key("O’Neil")
    (True, True)
    """
    letters = re.sub(r"[\W_]+", "", fold(text))
    for written, plain in (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a")):
        letters = letters.replace(written, plain)
    return letters


def _bare(name: str) -> str:
    """A name in one line without "Jr." and titles; what is longer than any name is cut."""
    return _SUFFIXES.sub("", " ".join(name[:_LONGEST].split())).strip(" ,;")


def is_institution(name: str) -> bool:
    """Whether a name is an organisation's rather than a person's, judged by its words.

    Examples
    --------
    >>> is_institution("Food and Agriculture Organization"), is_institution("van der Berg, Sofie")
    (True, False)
    """
    words = re.findall(r"[^\W\d_]+", name.casefold())
    return bool(_JOINTS.search(f" {name} ")) or any(word in _INSTITUTION_WORDS for word in words)


def surname(name: str) -> str:
    """The surname as it is written; the whole name of an institution.

    Examples
    --------
    >>> [surname(name) for name in ("Oja, Kerttu", "Oja K.", "Kerttu Oja", "van der Berg J.-P.", "K. Oja")]
    ['Oja', 'Oja', 'Oja', 'van der Berg', 'Oja']
    >>> surname("Council on Food and Health")
    'Council on Food and Health'
    """
    bare = _bare(name)
    if is_institution(bare):
        return bare
    if "," in bare:
        return bare.split(",", 1)[0].strip()
    words = bare.split(" ")
    last = len(words)
    while last > 1 and _initials(words[last - 1], words[0]):
        last -= 1
    if last < len(words):
        return " ".join(words[:last])
    first = 0
    while first < len(words) - 1 and not _is_particle(words[first]):
        first += 1
    return " ".join(words[first:]) if first and _is_particle(words[first]) else words[-1]


def surnames(name: str) -> frozenset[str]:
    """Every form in which the surname of a name may stand elsewhere, each as its `key`.

    With and without particles, each part of a double surname, the letters of an institution, and either word
    of a name of two words without a comma. Empty for a name without letters.

    Examples
    --------
    >>> bool(surnames("van der Berg, Sofie") & surnames("Sofie van der Berg"))
    True
    >>> bool(surnames("Lee A.") & surnames("Ray A."))
    False
    """
    bare = _bare(name)
    written = surname(bare)
    if is_institution(bare):
        letters = "".join(word[0] for word in written.split() if word[0].isupper())
        return frozenset({key(written), key(letters)}) - {""}
    words = [word for word in re.split(r"[\s\-‐‑–]+", written) if word]
    core = [word for word in words if not _is_particle(word)] or words
    forms = {key(written), key("".join(core)), *(key(core[place]) for place in (0, -1) if len(core) > 1)}
    given = bare.split(" ")
    if "," not in bare and len(given) == 2 and not any(_initials(word, "Aa") for word in given):
        forms.add(key(given[0]))
    if "," in bare:  # "Berg, Sofie van der"
        after = [word for word in bare.split(",", 1)[1].split() if _is_particle(word) and word.islower()]
        forms |= {key("".join([*after, written]))} if after else set()
    return frozenset(forms) - {""}


def agree(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether two lists of authors may belong to one publication: a first author stands in the other list.

    A list that is empty, or written in another script, contradicts nothing.

    Examples
    --------
    >>> agree(("Oja K.", "Ranta I."), ("Oja, Kerttu",)), agree(("Oja K.",), ("Ranta I.",))
    (True, False)
    """
    if not some or not others:
        return True
    first, first_other = surnames(some[0]), surnames(others[0])
    if not first or not first_other or _script(some[0]) != _script(others[0]):
        return True
    return bool(
        first & first_other
        or any(first & surnames(name) for name in others[1:])
        or any(first_other & surnames(name) for name in some[1:])
    )


def listed(names: list[str]) -> tuple[str, ...]:
    """Names of a list without "et al.", "and others", numbers in brackets and repeated names.

    Examples
    --------
    >>> listed(["Lee, Ann (570001)", "Ray, Bob et al.", "others", "Lee, Ann"])
    ('Lee, Ann', 'Ray, Bob')
    """
    kept = []
    for name in names:
        bare = re.sub(r"\s*\(\d+\)\s*$", "", " ".join(name.split()))
        bare = _OTHERS.sub("", bare).strip(" ;,")
        if bare and bare.casefold().strip(".") not in _ONE_WORD_OTHERS:
            kept.append(bare)
    return tuple(dict.fromkeys(kept))


def divide(text: str) -> list[str]:
    """The authors of one cell, whichever way the cell separates them.

    Semicolons and bars always separate. Commas separate where every piece is a surname with initials or where
    three or more pieces are whole names; "and" separates persons and never the words of an institution.

    Examples
    --------
    >>> divide("Lee A, Ray B, van der Berg J.")
    ['Lee A', 'Ray B', 'van der Berg J.']
    >>> divide("Lee, A., Ray, B."), divide("Food and Agriculture Organization")
    (['Lee, A.', 'Ray, B.'], ['Food and Agriculture Organization'])
    """
    text = " ".join(text.split())
    if re.search(r"[;|]", text):
        return [piece.strip() for piece in re.split(r"\s*(?:;|\|)+\s*", text) if piece.strip()]
    pieces = [text]
    if re.search(r"\s(?:and|&)\s", text, re.I):
        apart = re.split(r",?\s+(?:and|&)\s+", text, flags=re.I)
        if all(_like_person(part) for part in apart):
            pieces = apart
    return [name for piece in pieces for name in _by_commas(piece)]


def shortened(short: str, full: str) -> bool:
    """Whether the words of one name of a journal, in order, begin words of the other: "j made up retail".

    Examples
    --------
    >>> shortened("j made up retail", "journal of made up retail"), shortened("j things", "journal of retail")
    (True, False)
    """
    left = iter(full.split())
    return all(any(word.startswith(part) for word in left) for part in short.split())


def _by_commas(text: str) -> list[str]:
    parts = [part for part in re.split(r"\s*,\s*", text) if part]
    if len(parts) < 2:
        return parts
    if all(" " in part and _initials(part.split(" ")[-1], part.split(" ")[0]) for part in parts):
        return parts
    whole = [part for part in parts if 2 <= len(part.split()) <= 4 and not _is_particle(part.split()[0])]
    if len(whole) == len(parts) >= 3 or (
        len(whole) == len(parts) and all(re.match(r"\w\.", part) for part in parts)
    ):
        return parts
    if len(parts) % 2 == 0 and all(_initials(part.replace(" ", ""), "Aa") for part in parts[1::2]):
        return [f"{parts[place]}, {parts[place + 1]}" for place in range(0, len(parts), 2)]
    return re.split(r"(?<=\.),\s+", text)


def _like_person(text: str) -> bool:
    words = re.findall(r"[^\s,]+", text)
    return "," in text or (2 <= len(words) <= 5 and not is_institution(text))


def _initials(word: str, beside: str) -> bool:
    """Whether a word is initials: ``A.``, ``AB``, ``J.-P.``; three bare letters beside mixed case only."""
    letters = re.sub(r"[.\-‐‑–'’]", "", word)
    if not letters or not letters.isalpha() or not letters.isupper():
        return False
    if "." in word:
        return len(letters) <= 5
    return len(letters) <= 2 or (len(letters) == 3 and not beside.isupper())


def _is_particle(word: str) -> bool:
    return word.casefold().strip(".'’") in _PARTICLES


def _script(name: str) -> str:
    letter = next((letter for letter in name if letter.isalpha()), " ")
    return unicodedata.name(letter, "").split(" ")[0]
