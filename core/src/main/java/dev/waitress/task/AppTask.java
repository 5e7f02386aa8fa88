package dev.waitress.task;

import dev.waitress.exchange.Environ;
import dev.waitress.exchange.QueueLimits;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.RunLimit;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.http.Ascii;
import dev.waitress.http.Printable;
import dev.waitress.http.RequestHead;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.EarlyHints;
import dev.waitress.wsgi.FileWrapper;
import dev.waitress.wsgi.Metrics;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One request being answered by a Java application. Task threads. */
final class AppTask {
    private static final Logger LOG = System.getLogger("waitress");

    private static final double MILLIS = 1000;

    /** Until the thread takes it, or its client goes. */
    private final AtomicReference<@Nullable Request> waiting;

    /** That of a request which runs; one whose client has left before must not keep it. */
    private volatile @Nullable RequestHead head;

    private final ResponseStream stream;
    private final AppResponse response;
    private final Response answer;
    private final Metrics metrics;
    private final long arrivedNanos;
    private final boolean isQueued;

    // Where there is a time limit.
    private String title = "";
    private double deadline;
    private @Nullable Thread thread; // guarded by this
    private boolean isExpired; // guarded by this

    /**
     * A task for a thread.
     *
     * @param isQueued whether none is free
     */
    AppTask(
            Request request,
            Response answer,
            Executor loop,
            Transit transit,
            Settings settings,
            UnknownStatuses unknownStatuses,
            Metrics metrics,
            long arrivedNanos,
            boolean isQueued) {
        this.answer = answer;
        this.metrics = metrics;
        this.arrivedNanos = arrivedNanos;
        this.isQueued = isQueued;
        this.waiting = new AtomicReference<>(request);
        this.stream = new ResponseStream(
                answer, loop, transit, settings.get(Setting.OUTBUF_HIGH_WATERMARK), this::dropUnbegun, this::line);
        this.response = new AppResponse(stream, request.head().isMethod("HEAD"), unknownStatuses);
    }

    /**
     * Calls the application unless nobody waits for it any more. Whatever it does, a failure is logged, the thread goes
     * on, and {@link #handOver} completes the answer.
     *
     * @param others requests that wait still
     * @param streamed what to do when the response turns out to be one that comes piece by piece
     */
    void run(Application application, Map<String, String> constants, Environ variables, int others, Runnable streamed) {
        Request request = waiting.getAndSet(null);
        if (request == null) {
            return;
        }
        head = request.head();
        stream.begin(streamed);
        Object path = "";
        try (InputStream input = request.body().open()) {
            Map<String, Object> environ = environ(request, constants, variables);
            // Taken now: applications move parts of the path to SCRIPT_NAME.
            path = environ.getOrDefault("PATH_INFO", "");
            environ.put("wsgi.input", input);
            noteWait(environ, others);
            answer(application, environ);
        } catch (ClientDisconnectedException e) {
            LOG.log(Level.INFO, "Client disconnected while serving " + Printable.of(String.valueOf(path)));
        } catch (Throwable e) { // an Error of the application must not end the thread either
            failed(String.valueOf(path), e);
        } finally {
            response.close();
            request.body().discard();
        }
    }

    /** This thread is to run it, and has so much time for it. */
    void begin(RunLimit limit) {
        Request request = waiting.get();
        if (request != null) {
            title = title(request);
        }
        deadline = System.currentTimeMillis() / MILLIS + limit.seconds();
        synchronized (this) {
            thread = Thread.currentThread();
        }
    }

    private String title(Request request) {
        String id = Ascii.text(request.id().text());
        return id.isEmpty() ? line() : line() + " (" + id + ")";
    }

    /** Its time is over: its client gets an answer, and its thread is interrupted. Event loop only. */
    synchronized void expire(RunLimit limit) {
        if (isExpired || thread == null) {
            return;
        }
        isExpired = true;
        LOG.log(Level.WARNING, thread.getName() + ": " + limit.describe(title) + ": " + answer.expire());
        LOG.log(
                Level.WARNING,
                thread.getName() + " runs " + title + " here:" + StackTraceText.of(thread, limit.showsAll()));
        thread.interrupt();
    }

    /** The thread goes on to another one, for which an interrupt is not meant that comes late. */
    synchronized void end() {
        thread = null;
        if (isExpired) {
            Thread.interrupted();
        }
    }

    /** Most requests do not wait, and have neither key. */
    private void noteWait(Map<String, Object> environ, int others) {
        long waitedNanos = begunNanos() - arrivedNanos;
        if (isQueued && waitedNanos >= QueueLimits.LEAST_WAIT_NANOS) {
            environ.put("waitress.queue_time", (double) waitedNanos / TimeUnit.SECONDS.toNanos(1));
            environ.put("waitress.queue_depth", others);
        }
    }

    /** When the request had come. */
    long arrivedNanos() {
        return arrivedNanos;
    }

    /** When a thread has begun it. */
    long begunNanos() {
        return stream.begunNanos();
    }

    /** What it asks for, as it is shown in logs; nothing once its client has left unanswered. */
    String line() {
        Request request = waiting.get();
        RequestHead known = request == null ? head : request.head();
        return known == null ? "" : Printable.of(known.method() + " " + known.targetText());
    }

    /** Whether its client has left before it began. */
    boolean isDropped() {
        return waiting.get() == null;
    }

    /** No thread will take it. Event loop only. */
    void postpone() {
        dropUnbegun();
        answer.postpone();
    }

    /** The client is gone: what it sent need not wait any longer, however long the threads are busy. */
    private void dropUnbegun() {
        Request request = waiting.getAndSet(null);
        if (request != null) {
            request.body().discard();
            answer.release();
        }
    }

    /** The end of the answer, after which nothing is left to do. */
    void handOver() {
        stream.handOver();
    }

    private void failed(String path, Throwable failure) {
        String message = "Exception while serving " + Printable.of(path);
        String traceback = "";
        try {
            StackTraceText text = StackTraceText.of(failure);
            traceback = text.toString();
            if (text.isWhole()) {
                LOG.log(Level.ERROR, message, failure);
            } else {
                LOG.log(Level.ERROR, message + "\n" + traceback);
            }
        } catch (Throwable e) {
            // A handler of the application's logging fails, or there is no memory: client and thread must not suffer.
        } finally {
            stream.fail(traceback);
        }
    }

    private Map<String, Object> environ(Request request, Map<String, String> constants, Environ variables) {
        Map<String, Object> environ = new HashMap<>(64);
        environ.putAll(constants);
        variables.write(
                request,
                (key, keyEnd, value, start, end) -> environ.put(
                        new String(key, 0, keyEnd, StandardCharsets.ISO_8859_1),
                        new String(value, start, end - start, StandardCharsets.ISO_8859_1)));
        environ.put("wsgi.version", List.of(1, 0));
        environ.put("wsgi.input_terminated", true);
        environ.put("wsgi.file_wrapper", (FileWrapper.Factory) FileWrapper::new);
        environ.put("wsgi.errors", System.err);
        environ.put("wsgi.multithread", true);
        environ.put("wsgi.multiprocess", false);
        environ.put("wsgi.run_once", false);
        // Their answers may be pages that need more.
        if (request.head().isMethod("GET") || request.head().isMethod("HEAD")) {
            environ.put("wsgi.early_hints", (EarlyHints) response::hint);
        }
        environ.put("waitress.client_disconnected", (BooleanSupplier) stream::isClientGone);
        if (metrics != Metrics.NONE) {
            environ.put("waitress.metrics", metrics);
        }
        if (deadline > 0) {
            environ.put("waitress.deadline", deadline);
        }
        return environ;
    }

    private void answer(Application application, Map<String, Object> environ) throws Exception {
        Iterable<byte[]> body = application.call(environ, response);
        if (body == null) {
            throw new IllegalStateException("the application returned null instead of the blocks of a body");
        }
        boolean handedOver = false;
        try {
            if (body instanceof FileWrapper wrapper && wrapper.channel().isPresent()) {
                handedOver = response.sendFile(wrapper, wrapper.channel().get());
            } else {
                response.send(body);
            }
        } finally {
            if (!handedOver && body instanceof AutoCloseable closeable) {
                closeable.close();
            }
        }
        response.end();
    }
}
