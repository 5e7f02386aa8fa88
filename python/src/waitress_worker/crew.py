"""The threads of a worker: one runs requests until it stalls, then another goes on.

Handing each request to a thread of its own costs more than a small request does, and with a GIL nothing is won by it. So
one thread, the runner, reads batches of requests, runs them one after the other and answers in batches. But an
application may block: the front then sends *takeover*, and an idle thread becomes the runner. While requests take long
on average, all threads take requests at once.
"""

import os
import time
import weakref
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO, Callable, Dict, List, Optional, Tuple

from waitress_worker import protocol, stacks
from waitress_worker.arrivals import Arrivals
from waitress_worker.board import Board
from waitress_worker.channel import Channel
from waitress_worker.compat import perf_counter
from waitress_worker.counted import CountedOutbox
from waitress_worker.environ import Environs
from waitress_worker.forks import in_each_child
from waitress_worker.input import Bodies
from waitress_worker.limit import TimeLimit
from waitress_worker.log import log_failure
from waitress_worker.members import Member, Members
from waitress_worker.metrics import METRICS
from waitress_worker.outbox import Outbox
from waitress_worker.response import Exchange
from waitress_worker.series import SERIES
from waitress_worker.streams import Streams
from waitress_worker.threads import Threads
from waitress_worker.turns import Surplus, Turns

#: RFC 9110 §9.2.1: whoever gets no answer to one of these may ask again.
_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))

#: Their answers may be pages that need more.
_HINTED = frozenset(("GET", "HEAD"))

#: Exit status of a process in which a thread of ours has failed.
_THREAD_FAILED = 70

#: Seconds before a thread that has failed goes on, where the process must.
_RECOVERY = 0.1


class Crew:
    """Runs requests on up to ``threads`` threads, and on one more for each response that is streamed."""

    def __init__(
        self,
        channel: Channel,
        application: Callable[..., Any],
        settings: Dict[str, Any],
        board: Board,
        threads: Threads,
        *,
        is_expendable: bool,
        now: Callable[[], float] = perf_counter,
    ) -> None:
        """Make threads; ``is_expendable`` says that another process takes the place of this one when it ends."""
        self._threads = threads
        self._application = application
        self._environs = Environs(settings["environ"])
        self._bodies = Bodies(settings["bodies"], settings["body_slot_bytes"])
        self._begun = board.begun
        self._is_expendable = is_expendable
        self._outbox = outbox = Outbox(
            channel,
            board,
            threads.lock,
            now,
            expose_tracebacks=settings["expose_tracebacks"],
            shares_memory=settings["by_descriptor"],
            head_times=settings["head_times"],
        )
        self.streams = Streams(outbox, threads, settings)
        self._members = Members(settings["threads"], settings["stream_threads"], threads, self.streams)
        self._limit = TimeLimit(settings["request_timeout"], threads)
        self._arrivals = Arrivals(channel, self._environs)
        self._turns = Turns(self._arrivals, self._members, outbox, threads, now)
        #: Where metrics of the application are wanted.
        self._counted = CountedOutbox(outbox, threads) if settings["metrics_limit"] else None
        if self._counted is not None:
            self._environs.constants["waitress.metrics"] = METRICS

        _CREWS.add(self)

    def start(self) -> None:
        """Start the threads; they end with the process."""
        for member in list(self._members):
            self._start(member)
        if self._counted is not None:
            self._counted.start()

    def _start(self, member: Member) -> None:
        member.join = self._threads.start(partial(self._work, member), "waitress-{}".format(member.number))

    # ---- Running ----

    def _work(self, me: Member) -> None:
        me.ident = self._threads.ident()
        if self._counted is not None:
            self._counted.enlist()
        while True:
            try:
                self._run_requests(me)
            except Surplus:
                if self._counted is not None:
                    self._counted.dismiss()
                return
            except (EOFError, EnvironmentError):
                # The front is gone, or we have left it. The next thread that waits for a request finds that out too.
                self._turns.leave()
                return
            except BaseException:  # noqa: BLE001 -- whatever it is, no thread goes in silence
                self._thread_failed(me)

    def _run_requests(self, me: Member) -> None:  # noqa: C901 -- a call costs each request more than a branch
        # Looked up once: what follows is the way of every request.
        outbox, streams, begun, turns = self._outbox, self.streams, self._begun, self._turns
        add, number, application = outbox.ready.append, me.number, self._application
        constants, templates = self._environs.constants, self._environs.templates
        gone, closed = streams.gone, streams.closed
        new_exchange, of_requests, definitions = self._answering()
        while True:
            request_id, own, body, template = turns.next(me)
            begun[number] = me.request_id = request_id
            if template:
                environ = templates[template].copy()
                environ.update(own)
            elif "SERVER_NAME" in own:  # what the request says counts; most say nothing of the server
                environ = dict(constants, **own)
            else:
                environ = own
                environ.update(constants)
            method = environ["REQUEST_METHOD"]
            exchange = new_exchange(of_requests, streams, request_id, method)
            if method in _HINTED:
                environ["wsgi.early_hints"] = exchange
            environ["waitress.client_disconnected"] = exchange.client_disconnected
            try:
                stream = BytesIO() if body is None else self._bodies.open(body)
            except EnvironmentError:
                add(exchange.failure(environ["PATH_INFO"]))
                continue
            environ["wsgi.input"] = stream
            answer = exchange.run(application, environ)
            if definitions:
                answer = of_requests.answered(answer)
            if method != "GET" and method not in _SAFE_METHODS:
                # It has changed something: its answer must not be lost if the next request ends the process.
                outbox.secure(answer)
            elif answer is not None:
                add(answer)
            if body is not None:
                _close(stream)
            if gone or closed:
                streams.forget(request_id)

    def _answering(self) -> "Tuple[Any, Any, List[Any]]":
        """Return what makes the exchange of a request, where its answers go, and the metrics that are counted."""
        new_exchange = self._limit.exchange() if self._limit.seconds else Exchange
        if self._counted is None:
            return new_exchange, self._outbox, []
        return new_exchange, self._counted, SERIES.definitions

    def _thread_failed(self, me: Member) -> None:
        """Have a new process take the place of this one, where that can be; else only this thread's request fails."""
        log_failure("a thread of the worker failed")
        request_id, me.request_id = me.request_id, 0
        try:
            self._outbox.flush()
        except (EOFError, EnvironmentError):
            pass  # the thread finds that out again
        finally:
            if self._is_expendable:
                os._exit(_THREAD_FAILED)
        if request_id:
            self._outbox.post((protocol.FAIL, request_id, ""))
        time.sleep(_RECOVERY)

    # ---- What the front says ----

    def takeover(self) -> None:
        """Let another thread go on: the runner has been at its request for too long."""
        self._outbox.flush()
        another = self._turns.pass_on()
        if another is not None:
            self._start(another)
        self._threads.warn_if_replaced()

    def client_gone(self, request_id: int) -> None:
        """Nobody reads this response any more."""
        if request_id in self._held():
            self.streams.client_gone(request_id)

    def client_closed(self, request_id: int) -> None:
        """The client sends nothing more, and still gets its answer."""
        self.streams.client_closed(request_id, self._held)

    def overdue(self, request_id: int, *, shows_all: bool) -> str:
        """Stop a request that takes too long; tell where it is, or nothing if it has ended meanwhile."""
        return self._limit.stop(request_id, self.requests, shows_all=shows_all)

    def where(self, request_id: int) -> str:
        """Tell where a request is, which goes on; nothing if no thread runs it."""
        return stacks.of_request(request_id, self.requests())

    def _held(self) -> List[int]:
        """Tell the requests that run, or wait for a thread."""
        return [member.request_id for member in self._members] + self._arrivals.ids()

    def requests(self) -> Dict[int, int]:
        """Tell which request each thread runs, by the thread's id; 0 if it waits for one."""
        return {member.ident: member.request_id for member in self._members}

    def recall(self) -> List[int]:
        """Give up the requests that have not begun; return their ids."""
        return self._turns.recall()

    def stop(self, timeout: Optional[float] = None) -> int:
        """Wait until every thread has run what there is to run; return how many have not, if there is a time limit."""
        running = self._turns.wait_for_rest(timeout)
        if self._counted is not None:
            self._counted.stop()
        self._outbox.flush()
        return running

    def join(self) -> None:
        """Wait for the end of the threads, which find the channel closed; Python 2.7 ends under them else."""
        for member in list(self._members):
            member.join()

    def close(self) -> None:
        """Close what is open for responses."""
        self.streams.end()
        self._outbox.close()

    def become_forked(self) -> None:
        """Run nothing any more: this process is a child of the worker."""
        self._turns.become_forked()
        self._outbox.become_forked()


#: A process that serves two applications has two.
_CREWS: "weakref.WeakSet[Crew]" = weakref.WeakSet()


def _become_forked() -> None:
    for crew in list(_CREWS):
        crew.become_forked()


in_each_child(_become_forked)


def _close(stream: BinaryIO) -> None:
    try:
        stream.close()
    except Exception:  # noqa: S110, BLE001 -- the application still uses its memory, or has closed its descriptor
        pass
