package dev.waitress.otlp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Keeps what it is sent, and answers as a test has it. */
final class FakeCollector implements Collector {
    private static final long SECONDS = 30;

    final BlockingQueue<String> batches = new LinkedBlockingQueue<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final Semaphore mayAnswer = new Semaphore(Integer.MAX_VALUE);

    /** Answers so next, and when that is used up takes all. */
    FakeCollector answers(Answer... next) {
        synchronized (answers) {
            answers.addAll(List.of(next));
        }
        return this;
    }

    /** Answers nothing until it is {@link #released}. */
    void holds() {
        mayAnswer.drainPermits();
    }

    void released() {
        mayAnswer.release(Integer.MAX_VALUE / 2);
    }

    @Override
    public Answer send(byte[] batch) {
        batches.add(new String(batch, StandardCharsets.UTF_8));
        mayAnswer.acquireUninterruptibly();
        synchronized (answers) {
            return answers.isEmpty() ? Answer.taken(0, "") : answers.remove();
        }
    }

    /** The next batch, when it comes. */
    String next() throws InterruptedException {
        String batch = batches.poll(SECONDS, TimeUnit.SECONDS);
        if (batch == null) {
            throw new AssertionError("nothing was sent");
        }
        return batch;
    }

    @Override
    public String name() {
        return "http://collector/v1/traces";
    }
}
