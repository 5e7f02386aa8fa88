"""What is read from /proc."""

from __future__ import annotations

import os

from comparison import procfs
from comparison.procfs import Stat

LINE = (
    "77 (a (b) c) S 12 77 70 0 -1 4194304 5000 60 0 0 150 25 7 3 20 0 4 0 "
    "123456 200000000 9000 18446744073709551615 1 1 0 0 0"
)


def stat(pid: int, parent: int, session: int, own: int = 0, reaped: int = 0) -> Stat:
    """Make a process; only what the tests look at differs."""
    return Stat(
        pid, is_zombie=False, parent=parent, session=session, own_ticks=own, reaped_ticks=reaped, started=0
    )


def test_reads_a_stat_line_whose_command_has_spaces_and_brackets() -> None:
    """The command is the process's own choice."""
    assert procfs.parse_stat(LINE) == Stat(
        pid=77, is_zombie=False, parent=12, session=70, own_ticks=175, reaped_ticks=10, started=123456
    )


def test_sees_a_zombie() -> None:
    """A zombie has ended, though /proc still lists it."""
    assert procfs.parse_stat(LINE.replace(") S ", ") Z ")).is_zombie


def test_tree_holds_descendants_orphans_of_the_session_and_nobody_else() -> None:
    """Orphans belong to init, and a child may have its own session."""
    leader = stat(10, 1, 10)
    grandchild_elsewhere = stat(12, 11, 12)
    members = [leader, stat(11, 10, 10), grandchild_elsewhere, stat(13, 12, 12), stat(20, 1, 10)]
    strangers = [stat(1, 0, 1), stat(9, 1, 9), stat(30, 9, 9)]
    assert procfs.tree([*strangers, *members], leader=10) == members


def test_tree_of_a_server_that_is_gone_is_empty() -> None:
    """Then there is nothing to wait for."""
    assert procfs.tree([stat(1, 0, 1)], leader=10) == []


def test_time_of_a_dead_child_is_kept_by_its_parent() -> None:
    """Before: parent 5, child 40. Then the child worked 2 more, ended, and its parent 1 more."""
    before = [stat(10, 1, 10, own=5), stat(11, 10, 10, own=40)]
    after = [stat(10, 1, 10, own=6, reaped=42)]
    assert procfs.cpu_ticks(after) - procfs.cpu_ticks(before) == 3


def test_reads_a_size() -> None:
    """Both files have the same form; Pss_Dirty is another line."""
    text = "Rss:   9000 kB\nPss:   1234 kB\nPss_Dirty:   1000 kB\n"
    assert procfs.parse_field(text, "Pss:") == 1234
    assert procfs.parse_field(text, "VmRSS:") == 0


def test_machine_time_leaves_out_idle_and_guests() -> None:
    """Guest time is in user time already."""
    assert procfs.parse_machine("cpu  100 20 30 4000 500 6 7 8 90 0\ncpu0 1 2 3\n") == 171


def test_reads_this_very_process() -> None:
    """The real /proc has the form that the samples have."""
    me = next(found for found in procfs.snapshot() if found.pid == os.getpid())
    assert me.parent == os.getppid()
    assert procfs.memory([me.pid]).kib > 1000
