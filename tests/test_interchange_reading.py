"""REFI-QDA projects are read with every quote right, however their writers counted and departed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from exchange_made import Made, guid, packed

from casestudy.errors import InputError
from casestudy.interchange.conventions import ALL, Convention, Written
from casestudy.interchange.project import Document, Project
from casestudy.interchange.readers import read

PLAIN = "I grow rye, and bake.\nMy sister helps on Sundays.\n\nWe share the bread with all the neighbours.\n"
TEXTS = {
    "plain": PLAIN,
    "astral": "A 🌿 first. 🌿🌿 We bake bread.\nThen 🍞 the rye; my sister helps on Sundays, 🌞 always.\n",
    "combining": "Pa\u0308ivi grows rye.\nThe cafe\u0301 sells the bread; my sister helps on Sundays.\n",
    "accents": "Päivi grows rye, in März.\nÉva sells the bread; my sister helps on Sundays.\n",
}
QUOTES = {
    "plain": ("grow rye", "sister helps", "share the bread"),
    "astral": ("We bake bread", "the rye", "sister helps on Sundays"),
    "combining": ("grows rye", "sells the bread", "sister helps"),
    "accents": ("grows rye", "sells the bread", "sister helps"),
}
# Ways that tools are known to write, or could; each with the line ends and the mark that make it differ.
WAYS = [(way, bom, crlf) for way in ALL for bom in (False, True) for crlf in (False, True)]


def made(**values: object) -> Made:
    codings = [
        (name, quote, code, "ann")
        for name, quotes in QUOTES.items()
        for quote, code in zip(quotes, ("garden", "bread", "help"), strict=True)
    ]
    return Made(TEXTS, codings=codings, **values)  # type: ignore[arg-type]


def quotes_of(path: Path, **values: object) -> list[tuple[str, str]]:
    project = read(path, **values).project  # type: ignore[arg-type]
    names = {one.guid: one.name for one in project.documents}
    texts = {one.guid: one.text for one in project.documents}
    assert all(texts[one.document][one.start : one.end] == one.quote for one in project.codings)
    return sorted((names[one.document], one.quote) for one in project.codings)


RIGHT = sorted((name, quote) for name, quotes in QUOTES.items() for quote in quotes)


@pytest.mark.parametrize(("way", "bom", "crlf"), WAYS)
def test_every_way_of_counting_is_found_from_stored_quotes(
    tmp_path: Path, way: Convention, bom: bool, crlf: bool
) -> None:
    project = made(way=way, bom=bom, crlf=crlf, names=True)
    reading = read(project.write(tmp_path))
    assert {one.standing for one in reading.project.codings} == {"exact"}
    assert quotes_of(project.write(tmp_path)) == RIGHT


@pytest.mark.parametrize(("way", "bom", "crlf"), WAYS)
def test_every_way_of_counting_is_found_from_words(
    tmp_path: Path, way: Convention, bom: bool, crlf: bool
) -> None:
    path = made(way=way, bom=bom, crlf=crlf).write(tmp_path)
    assert quotes_of(path) == RIGHT
    assert quotes_of(path, offsets=way) == RIGHT


def test_a_way_that_the_file_does_not_show_is_refused_with_the_candidates(tmp_path: Path) -> None:
    # A whole line with its line end, before an empty line: the end may be exclusive or inclusive.
    text = "First line.\n\nSecond line.\n\nThird line.\n\n"
    codings = [("t", "First line.\n", "garden", ""), ("t", "Second line.\n", "help", "")]
    path = Made({"t": text}, codings=codings).write(tmp_path)
    with pytest.raises(InputError) as refused:
        read(path)
    said = str(refused.value)
    assert "--offsets codepoints,crlf1,nobom,exclusive" in said
    assert "--offsets codepoints,crlf1,nobom,inclusive" in said
    assert "'First line.\\n'" in said or "'Second line.\\n'" in said
    quotes = [one.quote for one in read(path, offsets=Convention()).project.codings]
    assert quotes == ["First line.\n", "Second line.\n"]


def test_a_known_tool_decides_between_ways_that_fit_equally(tmp_path: Path) -> None:
    text = "First line.\n\nSecond line.\n\nThird line.\n\n"
    codings = [("t", "First line.\n", "garden", ""), ("t", "Second line.\n", "help", "")]
    path = Made({"t": text}, codings=codings, origin="ATLAS.ti for Windows 23.2").write(tmp_path)
    assert [one.quote for one in read(path).project.codings] == ["First line.\n", "Second line.\n"]


def test_positions_at_random_are_not_taken_for_words(tmp_path: Path) -> None:
    members = Made({"t": PLAIN * 4}).members()
    places = [(3, 15), (27, 41), (52, 63), (70, 84), (101, 119), (130, 148)]
    rows = "".join(
        f'<PlainTextSelection guid="{guid(a)}" startPosition="{a}" endPosition="{b}">'
        f'<Coding guid="{guid(a, b)}">'
        f'<CodeRef targetGUID="{guid("code", "help")}"/></Coding></PlainTextSelection>'
        for a, b in places
    )
    members["project.qde"] = members["project.qde"].replace(b"</TextSource>", f"{rows}</TextSource>".encode())
    with pytest.raises(InputError, match="choose one way"):
        read(packed(tmp_path / "p.qdpx", members))


def test_nvivo_for_windows_marks_crlf_utf16_sources_folder(tmp_path: Path) -> None:
    path = made(
        way=Convention("utf16", 2), bom=True, crlf=True, folder="Sources", origin="NVivo for Windows 12.6"
    ).write(tmp_path)
    reading = read(path)
    assert quotes_of(path) == RIGHT
    told = [one.what for one in reading.account.deviations]
    assert "the folder is called Sources, not sources" in told
    assert "a text begins with a byte order mark" in told


def test_nvivo_codes_of_a_cases_guid_are_the_cases_passages(tmp_path: Path) -> None:
    case = f'<Cases><Case guid="{guid("code", "help")}" name="Ann"/></Cases>'
    reading = read(replace(made(names=True), more=case).write(tmp_path))
    assert "help" not in [code.name for code in reading.project.codes]
    assert [len(one.passages) for one in reading.project.cases] == [4]
    assert len(reading.project.codings) == len(RIGHT) - 4


def test_nvivo_annotations_are_notes_on_passages(tmp_path: Path) -> None:
    project = made(names=True)
    span = project.spans()[0]
    selection = guid("selection", *span)
    more = (
        f'<Notes><Note guid="{guid("n")}" name="a"><PlainTextContent>look</PlainTextContent></Note></Notes>'
        f'<Links><Link guid="{guid("l")}" originGUID="{guid("n")}" targetGUID="{selection}"/></Links>'
    )
    note = read(replace(project, more=more).write(tmp_path)).project.notes[0]
    assert (note.text, note.start, note.end) == ("look", span[1], span[2])


def test_nvivo_for_mac_dummy_member_and_codes_of_one_name(tmp_path: Path) -> None:
    members = made(names=True).members()
    extra = f'<Code guid="{guid("other bread")}" name="bread" isCodable="true"/></Codes>'
    qde = members["project.qde"].decode().replace("</Codes>", extra, 1)
    path = packed(tmp_path / "p.qdpx", {**members, "sources/.root": b"", "project.qde": qde.encode()})
    assert [code.name for code in read(path).project.codes].count("bread") == 2


def test_maxqda_upper_case_guids_memos_and_missing_dates(tmp_path: Path) -> None:
    project = made(names=True, crlf=True, origin="MAXQDA 24.7")
    qde = project.qde().replace(' creationDateTime="2026-01-31T10:00:00Z"', "")
    for name in ("garden", "bread", "help"):
        qde = qde.replace(guid("code", name), guid("code", name).upper())
    memo = qde.replace("><Coding ", "><Description>a memo</Description><Coding ", 1)
    path = packed(tmp_path / "p.qdpx", {**project.members(), "project.qde": memo.encode()})
    assert quotes_of(path) == RIGHT
    assert sorted({one.memo for one in read(path).project.codings}) == ["", "a memo"]


def test_maxqda_and_quirkos_values_in_three_places(tmp_path: Path) -> None:
    variable, value = (
        guid("v"),
        '<VariableValue><VariableRef targetGUID="%s"/><TextValue>%s</TextValue></VariableValue>',
    )
    project = made(names=True)
    qde = project.qde().replace("</TextSource>", value % (variable, "at the source") + "</TextSource>", 1)
    more = (
        f'<Variables><Variable guid="{variable}" name="place" typeOfVariable="Text"/></Variables><Cases>'
        f'<Case guid="{guid("c1")}" name="Ann">{value % (variable, "at the case")}'
        f'<SourceRef targetGUID="{guid("document", "plain")}"/></Case>'
        f'<Case guid="{guid("c2")}">{value % (variable, "at no name")}'
        f'<SourceRef targetGUID="{guid("document", "astral")}"/></Case></Cases>'
    )
    qde = qde.replace("</Project>", f"{more}</Project>")
    found = read(packed(tmp_path / "p.qdpx", {**project.members(), "project.qde": qde.encode()})).project
    stated = {one.name: one.values.get(variable) for one in found.documents if one.values}
    assert stated == {"plain": "at the source", "astral": "at no name"}
    assert [(one.name, dict(one.values)) for one in found.cases] == [("Ann", {variable: "at the case"})]


def test_atlas_ti_hierarchy_in_names_own_root_name_and_cut_quotes(tmp_path: Path) -> None:
    text = "We talked about the long summer and the rye. " * 6 + "\nMore of it.\n"
    codings = [("t", text[:150], "food::bread", ""), ("t", "More of it", "food", "")]
    project = Made(
        {"t": text},
        (("food", ""), ("food::bread", "")),
        codings,
        names=True,
        root="Gardens.qde",
        origin="ATLAS.ti for Windows 26.1",
    )
    qde = project.qde().replace(text[:150], text[:100] + "…")
    members = {**project.members(), "Gardens.qde": qde.encode()}
    found = read(packed(tmp_path / "p.qdpx", members))
    codes = {code.name: code for code in found.project.codes}
    assert codes["bread"].parent == codes["food"].guid
    assert {one.quote for one in found.project.codings} == {text[:150], "More of it"}


def test_transana_namespace_order_and_codings_without_user(tmp_path: Path) -> None:
    project = made(names=True, namespace="urn:QDA-XML:project:0:10")
    qde = project.qde()
    start, end = qde.index("<CodeBook>"), qde.index("</CodeBook>") + len("</CodeBook>")
    book = qde[start:end]
    qde = (qde[:start] + qde[end:]).replace("</Project>", f"{book}</Project>")
    qde = qde.replace(f' creatingUser="{guid("coder", "ann")}"', "")
    found = read(packed(tmp_path / "p.qdpx", {**project.members(), "project.qde": qde.encode()}))
    assert len(found.project.codings) == len(RIGHT)
    told = [one.what for one in found.account.deviations]
    assert "the namespace is another one" in told
    assert "parts of the project stand in another order" in told
    assert "a coding names no user" in told


def test_qualcoder_folders_are_not_codable_and_bom_is_not_counted(tmp_path: Path) -> None:
    project = made(names=True, bom=True, origin="QualCoder 4.0")
    qde = project.qde().replace('name="garden" isCodable="true"', 'name="garden" isCodable="false"')
    found = read(packed(tmp_path / "p.qdpx", {**project.members(), "project.qde": qde.encode()}))
    assert {code.name: code.codable for code in found.project.codes}["garden"] is False
    assert {one.standing for one in found.project.codings} == {"exact"}


def test_qc_whole_lines_and_paths_without_scheme(tmp_path: Path) -> None:
    text = "One line here.\nAnother line of it.\nA third line, with rye.\n"
    codings = [("t", "Another line of it.\n", "help", "cp"), ("t", "One line here.\n", "bread", "cp")]
    found = read(Made({"t": text}, codings=codings, scheme="", origin="qc 1.7.8").write(tmp_path))
    assert sorted(one.quote for one in found.project.codings) == ["Another line of it.\n", "One line here.\n"]
    assert "a path lacks internal://" in [one.what for one in found.account.deviations]


def test_braces_in_guids_are_the_same_guid(tmp_path: Path) -> None:
    project = made(names=True)
    own = guid("code", "help")
    qde = project.qde().replace(f'targetGUID="{own}"', f'targetGUID="{{{own.upper()}}}"')
    path = packed(tmp_path / "p.qdpx", {**project.members(), "project.qde": qde.encode()})
    assert quotes_of(path) == RIGHT


def test_two_ways_in_one_project_are_told_apart_by_the_quotes(tmp_path: Path) -> None:
    project = made(names=True)
    other = replace(project, way=Convention("utf16"))
    qde = project.qde()
    for span in project.spans()[:4]:
        qde = qde.replace(project.selection(*span), other.selection(*span))
    path = packed(tmp_path / "p.qdpx", {**project.members(), "project.qde": qde.encode()})
    assert quotes_of(path) == RIGHT


def test_codings_of_whole_documents_and_empty_selections_stand_in_the_account(tmp_path: Path) -> None:
    project = made(names=True)
    code = f'<CodeRef targetGUID="{guid("code", "help")}"/>'
    whole = f'<Coding guid="{guid("whole")}">{code}</Coding></TextSource>'
    nothing = (
        f'<PlainTextSelection guid="{guid("zero")}" startPosition="4" endPosition="4">'
        f'<Coding guid="{guid("zero coding")}">{code}</Coding></PlainTextSelection>'
        f'<PlainTextSelection guid="{guid("far")}" startPosition="4" endPosition="99999">'
        f'<Coding guid="{guid("far coding")}">{code}</Coding></PlainTextSelection>'
    )
    qde = project.qde().replace("</TextSource>", nothing + whole, 1)
    found = read(packed(tmp_path / "p.qdpx", {**project.members(), "project.qde": qde.encode()}))
    fates = {entry.identity: (entry.kind, entry.fate) for entry in found.account.entries}
    assert fates[guid("whole")] == ("coding of a document", "kept beside")
    assert fates[guid("zero coding")] == ("coding", "not kept")
    assert fates[guid("far coding")] == ("coding", "not kept")
    assert [one.guid for one in found.project.whole] == [guid("whole")]
    assert len(found.project.codings) == len(RIGHT)


def test_pdf_and_recordings_give_their_texts_and_tell_their_regions(tmp_path: Path) -> None:
    code = f'<Coding guid="%s"><CodeRef targetGUID="{guid("code", "help")}"/></Coding>'
    pdf = (
        f'<PDFSource guid="{guid("pdf")}" name="scan" path="internal://x.pdf">'
        f'<PDFSelection guid="{guid("region")}" page="0" firstX="1" firstY="1" secondX="2" secondY="2">'
        f'{code % guid("in region")}</PDFSelection><Representation guid="{guid("rep")}">'
        "<PlainTextContent>The scanned words.</PlainTextContent>"
        f'<PlainTextSelection guid="{guid("ps")}" name="scanned words" startPosition="4" endPosition="17">'
        f"{code % guid('in pdf')}</PlainTextSelection></Representation></PDFSource>"
    )
    video = (
        f'<VideoSource guid="{guid("video")}" name="talk"><Transcript guid="{guid("tr")}">'
        "<PlainTextContent>Hello there, my friend.</PlainTextContent>"
        f'<SyncPoint guid="{guid("p1")}" timeStamp="0" position="0"/>'
        f'<SyncPoint guid="{guid("p2")}" timeStamp="900" position="11"/>'
        f'<TranscriptSelection guid="{guid("ts")}" name="Hello there" fromSyncPoint="{guid("p1")}" '
        f'toSyncPoint="{guid("p2")}">{code % guid("in talk")}</TranscriptSelection></Transcript>'
        "</VideoSource>"
    )
    project = made(names=True)
    qde = project.qde().replace("</Sources>", f"{pdf}{video}</Sources>")
    found = read(packed(tmp_path / "p.qdpx", {**project.members(), "project.qde": qde.encode()}))
    words = {one.guid: one.quote for one in found.project.codings}
    assert (words[guid("in pdf")], words[guid("in talk")]) == ("scanned words", "Hello there")
    assert guid("in region") in {entry.identity for entry in found.account.lost()}
    talk = next(one for one in found.project.documents if one.name == "talk")
    assert [(one.time, one.position) for one in talk.points] == [(0, 0), (900, 11)]


def test_a_missing_source_keeps_its_codings_beside(tmp_path: Path) -> None:
    project = made(names=True)
    members = project.members()
    del members[f"sources/{guid('document', 'plain')}.txt"]
    found = read(packed(tmp_path / "p.qdpx", members))
    assert [one.name for one in found.project.documents if one.lacks_text] == ["plain"]
    beside = [entry for entry in found.account.entries if entry.why == "its document has no text"]
    assert len(beside) == 3


def test_a_codebook_of_any_namespace_is_read(tmp_path: Path) -> None:
    codes = f'<Codes><Code guid="{guid("a")}" name="Maß" isCodable="true"/></Codes>'
    path = tmp_path / "c.qdc"
    for space in ("urn:QDA-XML:codebook:1.0", "urn:QDA-XML:codebook:0:4", "urn:QDA-XML:codebook:1:0"):
        path.write_text(f'<CodeBook xmlns="{space}" origin="x">{codes}<Sets/></CodeBook>', encoding="utf-8")
        assert [code.name for code in read(path).project.codes] == ["Maß"]


BOMB = "<!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'><!ENTITY c '&b;&b;&b;&b;'>]>"
XXE = "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]>"


@pytest.mark.parametrize("before", [BOMB, XXE])
def test_entities_are_refused(tmp_path: Path, before: str) -> None:
    with pytest.raises(InputError, match="entities"):
        read(replace(made(), before=before).write(tmp_path))


def test_archives_that_lie_are_refused_and_lead_nowhere(tmp_path: Path) -> None:
    members = made(names=True).members()
    with pytest.raises(InputError, match="would unpack"):
        read(packed(tmp_path / "bomb.qdpx", {**members, "project.qde": b"<a>" + b" " * 60_000_000}))
    with pytest.raises(InputError, match="holds 2 projects"):
        read(packed(tmp_path / "two.qdpx", {**members, "other.qde": b"<a/>"}))
    whole = made(names=True).write(tmp_path).read_bytes()
    (tmp_path / "half.qdpx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="archive"):
        read(tmp_path / "half.qdpx")
    reading = read(packed(tmp_path / "out.qdpx", {**members, "../../evil.txt": b"x", "/evil.txt": b"x"}))
    assert len([one for one in reading.account.deviations if "leads out" in one.what]) == 1
    assert not list(tmp_path.parent.glob("evil*"))


def test_deep_nesting_and_other_files_are_refused(tmp_path: Path) -> None:
    deep = '<Code guid="x" name="a" isCodable="true">' * 5000
    path = tmp_path / "deep.qdc"
    path.write_text(f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{deep}', encoding="utf-8")
    with pytest.raises(InputError, match=r"nested too deeply|cannot be parsed"):
        read(path)
    for name, data in (("a.qdpx", b"hello"), ("b.mx24", b"\x01\x02"), ("c.qdc", b"<html/>"), ("d.qdpx", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError):
            read(tmp_path / name)


def test_guids_that_occur_twice_are_told_and_nothing_is_merged(tmp_path: Path) -> None:
    project = made(names=True)
    qde = project.qde().replace(guid("code", "bread"), guid("code", "garden"))
    found = read(packed(tmp_path / "p.qdpx", {**project.members(), "project.qde": qde.encode()}))
    assert len({code.guid for code in found.project.codes}) == 3
    assert any("two codes have one GUID" in one.what for one in found.account.deviations)


def test_reading_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    path = made(names=True).write(tmp_path)
    before = path.read_bytes(), sorted(tmp_path.iterdir())
    read(path)
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


def test_taguette_counts_bytes_over_the_text_without_tags(tmp_path: Path) -> None:
    path = tmp_path / "p.sqlite3"
    to = sqlite3.connect(path)
    html = "<p>Päivi 🌿 bakes.</p><p>My <b>sister</b> helps &amp; sings.</p>"
    raw = "Päivi 🌿 bakes.My sister helps & sings."
    start = len(raw[: raw.index("sister")].encode())
    end = start + len(b"sister helps & sings")
    with to:
        to.execute("create table projects (id, name, description)")
        to.execute("create table documents (id, name, description, contents, project_id)")
        to.execute("create table tags (id, project_id, path, description)")
        to.execute("create table highlights (id, document_id, start_offset, end_offset, snippet)")
        to.execute("create table highlight_tags (highlight_id, tag_id)")
        to.execute("create table commands (id, date, user_login, document_id, payload)")
        to.execute("insert into projects values (1, 'Gardens', '')")
        to.execute("insert into documents values (1, 't', '', ?, 1)", (html,))
        to.execute("insert into tags values (1, 1, 'help/family', 'x')")
        snippet = "<b>sister</b> helps &amp; sings"
        to.execute(
            "insert into highlights values (1, 1, ?, ?, ?), (2, 1, 0, 6, 'Päivi')", (start, end, snippet)
        )
        to.execute("insert into highlight_tags values (1, 1)")
        payload = '{"type": "highlight_add", "highlight_id": 1}'
        to.execute("insert into commands values (1, '2026-01-31 10:00:00', 'ann', 1, ?)", (payload,))
    to.close()
    found = read(path)
    assert found.project.documents[0].text == "Päivi 🌿 bakes.\nMy sister helps & sings."
    [coding] = found.project.codings
    assert (coding.quote, coding.standing, coding.when) == (
        "sister helps & sings",
        "exact",
        "2026-01-31T10:00:00Z",
    )
    assert [one.name for one in found.project.coders] == ["ann"]
    assert [one.kind for one in found.account.entries if one.why == "it has no tag"] == ["highlight"]


def test_rqda_decides_each_segment_by_its_words_and_leaves_deleted_rows(tmp_path: Path) -> None:
    path = tmp_path / "p.rqda"
    text = "I bake the bread.\nMy sister helps me.\nThe bread is dark.\n"
    to = sqlite3.connect(path)
    with to:
        to.execute("create table source (name, id, file, status)")
        to.execute("create table freecode (name, id, memo, color, status)")
        to.execute("create table coding (cid, fid, seltext, selfirst real, selend real, status, owner, memo)")
        to.execute("insert into source values ('t', 1, ?, 1)", (text,))
        to.execute("insert into freecode values ('bread', 1, '', '', 1), ('gone', 2, '', '', 0)")
        rows = []
        for quote, before, after in (("bake", 0, 0), ("sister helps", 1, 0), ("The bread", 1, 1)):
            start = text.index(quote)
            rows.append((1, 1, quote, start + before, start + len(quote) + after, 1, "ann", ""))
        rows.append((1, 1, "me", 30, 32, -1, "ann", ""))
        to.executemany("insert into coding values (?,?,?,?,?,?,?,?)", rows)
    to.close()
    found = read(path)
    assert sorted(one.quote for one in found.project.codings) == ["The bread", "bake", "sister helps"]
    assert all(text[one.start : one.end] == one.quote for one in found.project.codings)
    assert {entry.kind for entry in found.account.lost()} == {
        "deleted row of coding",
        "deleted row of freecode",
    }


SEGMENT_TABLES = {
    "NVivo": ("Name,Reference Text,Code", "t1,{q},help"),
    "MAXQDA": ("Document name;Code;Segment;Created by;Comment", "t1;food > bread;{q};ann;a memo"),
    "ATLAS.ti": ("Document,Codes,Quotation Content,Created by", 't1.docx,"bread\nhelp",{q},ann'),
    "Dedoose": ("Media Title,Codes Applied,Excerpt,Excerpt Creator", "t1.docx,bread,{q},ann"),
    "Quirkos": ("Source,Quirk,Text,Author", "t1,help,{q},ann"),
}


@pytest.mark.parametrize("tool", [name for name in SEGMENT_TABLES if name != "NVivo"])
def test_tables_of_segments_are_placed_in_the_studys_documents(tmp_path: Path, tool: str) -> None:
    head, row = SEGMENT_TABLES[tool]
    path = tmp_path / "segments.csv"
    path.write_text(
        f"{head}\n{row.format(q='My sister helps')}\n{row.format(q='not there')}\n", encoding="utf-8"
    )
    study = Project("s", documents=(Document(guid("t1"), "t1", PLAIN),))
    found = read(path, within=study)
    assert {one.quote for one in found.project.codings} == {"My sister helps"}
    assert [entry.why for entry in found.account.lost()] == ["its words are not in the document"]


def test_a_table_without_a_document_column_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "segments.csv"
    path.write_text("Code,Colour\na,b\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read(path)
    assert "no column says the document" in str(refused.value)
    assert "no column says the quote" in str(refused.value)


def test_a_position_within_a_character_is_nowhere() -> None:
    assert Written("a🌿b").positions(Convention("utf16"), [2], [4]) == ([-1], [3])
    assert Written("aäb").positions(Convention("bytes"), [2], [9]) == ([-1], [-1])
