package dev.waitress.worker.wire;

/**
 * The numbers of the worker protocol; {@code waitress_worker/protocol.py} holds the same.
 *
 * <p>A worker opens two sockets, and one more on which nothing is said: the system ends the worker when we are no more,
 * and that one is closed. On {@code requests} the front sends batches, each a list of {@code (id, environ, body,
 * template)}, and the worker sends lists of answers. The template is the number of what the environ is to be added to,
 * 0 for one that is whole; behind the requests of a batch there may be a dictionary of templates by number, which holds
 * from now on. On {@code control} both send single messages. Every frame is a little-endian u32 and a marshal value. A
 * body that is a number stands for so many raw bytes, which follow the frame; only the last request of a list may have
 * one. A body that is a pair lies in a slot of the file that the settings name: the slot's number, and how many bytes;
 * one that is text, in the file of that name.
 *
 * <p>A process that loads the application and forks workers has two sockets of its own, {@code zygote}, with single
 * messages, and {@code zygote-leash}.
 */
public final class Protocol {
    public static final int VERSION = 1;

    /** Bodies up to this size travel inside their frame. */
    public static final int INLINE_BODY_BYTES = 4096;

    /** Worker to front, on requests: {@code (RESPONSE, id, status, headers, body)}, a whole response. */
    public static final int RESPONSE = 0;
    /** {@code (START, id, status, headers)}. */
    public static final int START = 1;
    /** {@code (CHUNK, id, body)}. */
    public static final int CHUNK = 2;
    /** {@code (END, id)}. */
    public static final int END = 3;
    /** {@code (FAIL, id, traceback)}: the application failed; it is logged already. */
    public static final int FAIL = 4;
    /** {@code (FILE, id, path, position, count)}: part of the body lies in a file, which stays as it is until SENT. */
    public static final int FILE = 5;
    /** {@code (ARENA, id, path, first, slots, bytes of a slot)}: memory that both map; its first slot is at first. */
    public static final int ARENA = 6;
    /**
     * {@code (SHARED, id, slot, count)}: part of the body lies in the arena, from a slot on; the front frees what it
     * takes up.
     */
    public static final int SHARED = 7;
    /** {@code (RING, id, path, first, bytes)}: more memory that both map; the ring begins at first. */
    public static final int RING = 8;
    /** {@code (LAID, id, status, headers, start, count)}: a whole response, whose body lies in the ring. */
    public static final int LAID = 9;

    /**
     * {@code (HEAD, number, status, headers)}: the number may stand for these in each message of the worker from now
     * on.
     */
    public static final int HEAD = 10;

    /**
     * {@code (COUNTED, id, changes, message)}: a message on this request, and what the application has counted before:
     * for each value its number in 4 bytes, and by how much it has grown, or what a gauge is now, as a double.
     */
    public static final int COUNTED = 11;
    /** {@code (COUNTS, 0, changes)}: the same with no message, from outside of requests. */
    public static final int COUNTS = 12;
    /**
     * {@code (SERIES, number, [(kind, name, help, spread, part, bound, [label, value, …]), …])}: values of the
     * application's metrics, numbered from this one on.
     */
    public static final int SERIES = 13;
    /** {@code (HINTS, id, headers)}: what the client is to learn before the response. */
    public static final int HINTS = 14;

    /** Numbers of heads, from 0 on. */
    public static final int MOST_HEADS = 256;

    /** Front to worker, on control: {@code (TAKEOVER,)}: no answer for a while, let another thread go on. */
    public static final int TAKEOVER = 0;
    /** {@code (CREDIT, id, bytes)}: the client took so much of a streamed response. */
    public static final int CREDIT = 1;
    /** {@code (GONE, id)}: nobody reads this response any more. */
    public static final int GONE = 2;
    /** {@code (QUIT,)}: finish what runs, then end. */
    public static final int QUIT = 3;
    /** {@code (RECALL,)}: give back the requests that have not begun. */
    public static final int RECALL = 4;
    /** {@code (SENT, id)}: the file of this response is needed no longer. */
    public static final int SENT = 5;
    /** {@code (RECORD, level, logger, message, trace)}: a log record, for a worker that has said LOGGING. */
    public static final int RECORD = 6;
    /** {@code (CLOSED, id)}: the client of this response has closed its side; it may come before the request. */
    public static final int CLOSED = 7;
    /** {@code (STACKS,)}: say what each thread does now. */
    public static final int STACKS = 8;
    /** {@code (PING,)}: it is to say PONG, from the thread that reads this. */
    public static final int PING = 9;

    /**
     * {@code (OVERDUE, id, of all)}: this request takes too long; where are its thread, or all threads, and it is to
     * come free.
     */
    public static final int OVERDUE = 10;

    /**
     * Front to a process that forks workers: {@code (FORK, number, path)}: fork the worker of this number, which is to
     * say in that file what its threads are at.
     */
    public static final int FORK = 11;

    /** {@code (WHERE, id)}: where is the thread of this request, which goes on; LOCATED is the answer. */
    public static final int WHERE = 12;

    /** Worker to front, on control: {@code (READY,)}: the application is loaded. */
    public static final int READY = 0;
    /** {@code (FAILED, message, traceback, exit status)}: it is not. */
    public static final int FAILED = 1;
    /** {@code (RECALLED, [id, …])}: these will not be answered. */
    public static final int RECALLED = 2;
    /**
     * {@code (IMPORTED, milliseconds, [path, …])}: the application was made of these files, which the worker read after
     * that time. Only where the settings say {@code reload}.
     */
    public static final int IMPORTED = 3;
    /** {@code (LOGGING, level)}: its logging is meant for the front's records too, from this level of Python's on. */
    public static final int LOGGING = 4;
    /** {@code (STOP,)}: the application asks for the end of the server, as where it is the server itself. */
    public static final int STOP = 5;
    /**
     * {@code (STACKS_TAKEN, [(thread, id, stack), …])}: what each thread does that has something to do; the id is 0
     * where it is no request.
     */
    public static final int STACKS_TAKEN = 6;
    /** {@code (PONG,)}: the answer to PING. */
    public static final int PONG = 7;

    /** {@code (LOCATED, id, text)}: where the threads are that the front has asked for; empty if they are not there. */
    public static final int LOCATED = 8;

    /** Of a process that forks workers: {@code (FORKED, number, pid)}: that worker has its process. */
    public static final int FORKED = 9;
    /** The same: {@code (EXITED, number, status)}: that has ended, or could not be forked. */
    public static final int EXITED = 10;

    /** Exit status of a worker on a Python that is too old, which it has said on standard error. */
    public static final int WRONG_PYTHON = 78;

    private Protocol() {}
}
