"""Metrics of the application in one process: what may be made, and what is told of it."""

from __future__ import annotations

import marshal
import struct
import threading
from typing import Any

import pytest

from waitress_worker.metrics import Metrics
from waitress_worker.series import MODES, Series, plain


class Stage:
    """Metrics with nobody who gathers them but the test."""

    def __init__(self, limit: int = 100) -> None:
        self.series = Series()
        self.series.limit(limit)
        self.metrics = Metrics(self.series)

    def taken(self) -> dict[int, float]:
        """What has changed, by number."""
        return dict(struct.iter_unpack("<Id", self.series.take() + self.series.take_gauges()))


@pytest.fixture(name="stage")
def make_stage() -> Stage:
    return Stage()


def test_each_metric_is_made_once(stage: Stage) -> None:
    one = stage.metrics.counter("orders_total", "Orders.", ["kind"])
    assert stage.metrics.counter("orders", "Said otherwise.", ("kind",)) is one
    assert one.labels("a") is one.labels(kind="a")
    one.labels("a").inc()
    one.labels("b").inc(2.5)
    one.labels(kind="a").inc(0)
    assert stage.taken() == {1: 1, 2: 2.5}
    assert [definition[1:3] + definition[-1:] for definition in stage.series.definitions] == [
        ("orders", "Orders.", ["kind", "a"]),
        ("orders", "Orders.", ["kind", "b"]),
    ]


def test_a_gauge_tells_what_it_is(stage: Stage) -> None:
    gauge = stage.metrics.gauge("open")
    gauge.inc(3)
    gauge.dec()
    assert stage.taken() == {1: 2}
    assert stage.taken() == {}
    stage.series.repeat_gauges()
    assert stage.taken() == {1: 2}


def test_a_value_is_in_the_first_bucket_that_is_not_below_it(stage: Stage) -> None:
    histogram = stage.metrics.histogram("took", buckets=[-1, 0, 2, float("inf")])
    for value in (-1.5, -1, -0.5, 0, 2, 2.5):
        histogram.observe(value)
    assert stage.taken() == {1: 2, 2: 2, 3: 1, 4: 1, 5: 1.5}
    assert [definition[5] for definition in stage.series.definitions] == ["-1.0", "0.0", "2.0", "+Inf", ""]


@pytest.mark.parametrize(
    "name",
    ["", "1a", "a b", "a-b", "a\n", "\u00e4", "a" * 201, None, 7, b"a"]
    + ["waitress_x", "http_server_x", "process_open_fds", "process_cpu_seconds"],
)
def test_a_name_that_is_none_is_refused(stage: Stage, name: Any) -> None:
    for make in (stage.metrics.counter, stage.metrics.gauge, stage.metrics.histogram):
        with pytest.raises(ValueError, match="metric"):
            make(name)


@pytest.mark.parametrize(
    "labels",
    [[""], ["1a"], ["a:b"], ["__a"], ["a\n"], [7], ["a", "a"], "ab", ["le"], list(map("l{}".format, range(33)))],
)
def test_labels_that_are_none_are_refused(stage: Stage, labels: Any) -> None:
    with pytest.raises(ValueError, match="metric took: "):
        stage.metrics.histogram("took", labels=labels)


def test_another_metric_by_one_of_its_names_is_refused(stage: Stage) -> None:
    stage.metrics.histogram("took", labels=["kind"], buckets=[1])
    for wrong in (
        lambda: stage.metrics.gauge("took_count"),
        lambda: stage.metrics.counter("took"),
        lambda: stage.metrics.histogram("took", buckets=[1]),
        lambda: stage.metrics.histogram("took", labels=["kind"], buckets=[1, 2]),
    ):
        with pytest.raises(ValueError, match="metric took"):
            wrong()
    stage.metrics.gauge("open", mode="max")
    with pytest.raises(ValueError, match="there is already metric open"):
        stage.metrics.gauge("open")


def test_what_cannot_be_counted_is_refused(stage: Stage) -> None:
    counter = stage.metrics.counter("orders")
    for amount in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="metric orders cannot grow by"):
            counter.inc(amount)
    labelled = stage.metrics.counter("labelled", labels=["a", "b"])
    for wrong in (
        labelled.inc,
        lambda: labelled.labels("x"),
        lambda: labelled.labels("x", b="y"),
        lambda: labelled.labels(a="x", c="y"),
        counter.labels,
        lambda: stage.metrics.histogram("took").observe(float("nan")),
        lambda: stage.metrics.gauge("open", mode="sometimes"),
        lambda: stage.metrics.histogram("none", buckets=[]),
        lambda: stage.metrics.histogram("fall", buckets=[2, 1]),
        lambda: stage.metrics.histogram("many", buckets=range(101)),
    ):
        with pytest.raises(ValueError, match="metric "):
            wrong()
    assert stage.taken() == {}


@pytest.mark.parametrize(
    ("value", "shown"),
    [("x" * 200, "x" * 200), ("x" * 201, "x" * 197 + "..."), ("a\ud800b", "a?b"), (7, "7"), (None, "None")],
)
def test_a_label_may_be_anything(value: Any, shown: str) -> None:
    assert plain(value) == shown


class Marked(str):
    """Text of a class of its own, as those of template engines and enumerations, which marshal does not take."""

    __slots__ = ()

    def __str__(self) -> str:
        raise AssertionError


class Telling:
    """Something that shows itself as such a text."""

    def __str__(self) -> str:
        return Marked("shown")


def test_text_of_any_class_can_be_told(stage: Stage) -> None:
    counter = stage.metrics.counter(Marked("orders"), Marked("Help."), [Marked("kind"), Marked("way")])
    counter.labels(Marked("book"), Telling()).inc()
    counter.labels(Marked("x" * 201), "a").inc()
    assert marshal.loads(marshal.dumps(stage.series.definitions)) == [
        (0, "orders", "Help.", MODES.index("livesum"), 0, "", ["kind", kind, "way", way])
        for kind, way in (("book", "shown"), ("x" * 197 + "...", "a"))
    ]


def test_series_above_the_limit_are_dropped(stage: Stage) -> None:
    """Nothing is kept of them, and each change counts as one."""
    stage = Stage(limit=2)
    many = stage.metrics.counter("many", labels=["number"])
    for number in range(2):
        many.labels(number).inc(5)
    assert stage.taken() == {1: 5, 2: 5}
    for number in range(4):
        many.labels(number).inc(5)
    stage.metrics.gauge("open").set(7)
    stage.metrics.histogram("took").observe(7)
    assert stage.taken() == {1: 5, 2: 5, 0: 4}
    assert len(stage.series.definitions) == 2
    assert len(many._children) == 2


def test_what_a_thread_counts_for_a_request_is_its_own(stage: Stage) -> None:
    """Others take it no more than it takes theirs, which it does for what belongs to no request."""
    counter = stage.metrics.counter("orders")
    stage.series.enlist(threading.get_ident)
    counter.inc()
    others: list[dict[int, float]] = []
    thread = threading.Thread(target=lambda: (counter.inc(2), others.append(stage.taken()), counter.inc(4)))
    thread.start()
    thread.join()
    assert others == [{1: 2}]
    assert stage.taken() == {1: 5}
    counter.inc(8)
    stage.series.dismiss()
    assert stage.taken() == {1: 8}


def test_nothing_is_kept_where_nobody_asks() -> None:
    stage = Stage(limit=0)
    counter = stage.metrics.counter("orders", labels=["kind"])
    for number in range(100):
        counter.labels(number).inc()
    stage.metrics.gauge("open").set(3)
    stage.metrics.histogram("took").observe(3)
    assert stage.taken() == {}
    assert stage.series.definitions == []
    with pytest.raises(ValueError, match="cannot be 'a b'"):
        stage.metrics.counter("a b")


def test_what_was_counted_before_anybody_asks_is_kept() -> None:
    """As where a program makes its application before it serves."""
    series = Series()
    Metrics(series).counter("loaded").inc()
    series.limit(10)
    series.limit(0)  # of another server of this process
    assert series.take() == struct.pack("<Id", 1, 1)


def test_a_process_that_was_forked_counts_nothing(stage: Stage) -> None:
    counter = stage.metrics.counter("orders")
    counter.inc()
    stage.series.become_forked()
    counter.inc()
    assert stage.taken() == {}


def test_modes_are_those_of_the_library() -> None:
    from prometheus_client.metrics import Gauge  # noqa: PLC0415 -- it must not be imported before others count

    assert set(MODES) == Gauge._MULTIPROC_MODES
