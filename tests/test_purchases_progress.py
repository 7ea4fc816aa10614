"""Progress on long work: told on a terminal, silent everywhere else."""

from __future__ import annotations

import io
import time

import ibis
import pytest

from casestudy import engine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_and_left_clean():
    shown = Terminal()
    with engine.step("a long sum", engine.connect(), shown, after=0.01):
        time.sleep(0.1)
    assert "a long sum" in shown.getvalue()
    assert shown.getvalue().endswith("\r\x1b[K")


def test_nothing_is_written_elsewhere():
    quiet = io.StringIO()
    with engine.step("a long sum", None, quiet, after=0.0):
        time.sleep(0.02)
    assert quiet.getvalue() == ""


def test_an_error_goes_through_and_leaves_the_line_clean():
    shown = Terminal()
    with pytest.raises(KeyError), engine.step("a failure", None, shown, after=0.0):
        raise KeyError("x")
    assert shown.getvalue().endswith("\r\x1b[K")


def test_the_engine_is_asked_how_far_it_is():
    connection, shown = engine.connect(), Terminal()
    with engine.step("counting", connection, shown, after=0.0):
        assert connection.execute(ibis.range(0, 1000).unnest().name("n").as_table().count()) == 1000
        time.sleep(0.02)
    assert "counting" in shown.getvalue()
