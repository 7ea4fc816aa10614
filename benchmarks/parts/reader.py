"""What a reader of a person's file is to the fuzz harness, and the small files that many studies share."""

from __future__ import annotations

from dataclasses import dataclass, field

from parts import ROOT

HERE = "{study}"


@dataclass(frozen=True)
class Reader:
    """One way to read one kind of file.

    Attributes
    ----------
    name : str
    file : str
        The file that is mutated, named from the study's folder.
    seeds : tuple of bytes
        Valid contents of it.
    verb : tuple of str
        Words of the command line; ``{study}`` stands for the study's folder. Empty for a function.
    others : mapping of str to bytes
        The other files of the study.
    call : str
        ``module:function`` that takes the file's path, for a reader that no verb uses.
    clean : bool
        Whether the verb must accept the seeds; not for files that were cut to a few rows of what others name.
    cost : float
        Rough time of one input beside that of others; dear readers get fewer inputs.
    """

    name: str
    file: str
    seeds: tuple[bytes, ...]
    verb: tuple[str, ...] = ("check",)
    others: dict[str, bytes] = field(default_factory=dict)
    call: str = ""
    clean: bool = True
    cost: float = 1.0


def rows(name: str, count: int) -> bytes:
    return b"".join((ROOT / name).read_bytes().splitlines(keepends=True)[:count])


def read(name: str) -> bytes:
    return (ROOT / name).read_bytes()


TALK = (
    "# Talk of n01\n\n> Made up.\n\n[00:00:01] INTERVIEWER: What do you look at?\n\n"
    "[00:00:09] Aino: I look at the bread; it costs more now. Päivi said so, too.\n\n"
    "[00:01:30] INTERVIEWER: And then?\n\nAino: Then I buy less of it.\n"
).encode()
STUDY = b'title = "Made up"\nlanguage = "en"\nfloor = 3\n[[question]]\nid = "RQ1"\ntext = "What is seen?"\n'
SCHEME = (
    b"scheme: food\ntitle: Food\nversion: 1\ncodes:\n- id: food\n  name: Food\n  definition: What is eaten.\n"
    b"  one: true\n- {id: food.bread, name: Bread, parent: food, definition: Bread and grain., rules: [bread]}\n"
    b"- {id: food.less, name: Less, parent: food, near: [food.bread], definition: What is bought less., include: [less of it]}\n"
)
PEOPLE = (
    b"participant_id,group,role,pseudonym,log_id,household_id,consent_quote,consent_link\n"
    b"n01,customer,reader,Aino,p1,1,yes,yes\nn02,customer,,,p2,2,no,yes\n"
)
SPEAKERS = b"document,speaker,participant,role,why\n*,INTERVIEWER,,interviewer,the label says so\nn01,Aino,n01,participant,\n"
DOCUMENTS = b"document,participants,sitting,kind,language,translation_of\nn01,n01,1,interview,en,\n"
KEY = (
    "kind,original,replacement,accept,count,documents,found_by\nperson,Päivi,Liisa,yes,1,n01,rules\n"
    "place,Turku,[town],,0,,rules\ncontact,a@b.example,[contact],no,1,n01,rules\n"
).encode()
MORE = b'[data_status]\ninterviews = "Made up."\n[sources]\npurchases = "shop"\n[engine]\nbackend = "duckdb"\nmemory_limit = "1GB"\n'
WISHES = b'code,quote,modality,memo\nfood.bread,it costs more now,said,"a memo, with comma"\nfood.less,less of it,,\n'
