"""Children that code without pause and are killed at a random moment; says what each had been answered.

Run as ``python panel_kills.py STUDY COUNT SEED``. Prints one JSON object: by child, the ids of codings that
were acknowledged before it was killed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from casestudy.panel.session import Session
from casestudy.study import Study


def code_without_pause(session: Session, pipe: int, number: int) -> None:
    text = session.words.document.text
    random.seed(number)
    while True:
        start = random.randrange(len(text) - 20)
        while text[start].isspace():
            start += 1
        change = session.add(["garden.grow.food"], start, start + random.randint(1, 15))
        for coding in change.codings:
            os.write(pipe, f"{coding.id}\n".encode())


def main() -> None:
    root, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    study = Study.load(root)
    session = Session(study, "t1", "anna")
    begun = time.monotonic()
    for start in range(110, 120):
        session.add(["help.neighbour"], start, start + 30)
    act = (time.monotonic() - begun) / 10  # how long one takes here and now
    chance = random.Random(seed)
    said = {}
    for number in range(count):
        session.look()
        source, sink = os.pipe()
        child = os.fork()
        if child == 0:
            code_without_pause(session, sink, seed * 100_000 + number)
        os.close(sink)
        time.sleep(chance.uniform(0, 6 * act))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        answered = b""
        while data := os.read(source, 65536):
            answered += data
        os.close(source)
        said[number] = answered.decode().split("\n")[:-1]
    print(json.dumps(said))


if __name__ == "__main__":
    main()
