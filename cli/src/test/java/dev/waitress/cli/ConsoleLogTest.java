package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConsoleLogTest {
    private final List<String> shown = new CopyOnWriteArrayList<>();

    private static LogRecord logged(Level level, String text) {
        LogRecord logged = new LogRecord(level, text);
        logged.setLoggerName("waitress.queue");
        return logged;
    }

    @Test
    void looksLikePythons() {
        ConsoleLog log = new ConsoleLog(shown::add);
        log.publish(logged(Level.SEVERE, "a {0}"));
        log.publish(logged(Level.WARNING, "b"));
        log.publish(logged(Level.INFO, "c"));
        LogRecord failure = logged(Level.SEVERE, "d");
        failure.setThrown(new IllegalStateException("e"));
        log.publish(failure);
        log.close();
        assertThat(shown.subList(0, 3))
                .containsExactly(
                        "ERROR:waitress.queue:a {0}\n", "WARNING:waitress.queue:b\n", "INFO:waitress.queue:c\n");
        assertThat(shown.get(3))
                .startsWith("ERROR:waitress.queue:d\njava.lang.IllegalStateException: e\n\tat "
                        + getClass().getName());
    }

    @Test
    void makesNobodyWaitWhereNobodyReads() throws InterruptedException {
        CountDownLatch read = new CountDownLatch(1);
        ConsoleLog log = new ConsoleLog(line -> {
            awaitUninterrupted(read);
            shown.add(line);
        });
        for (int i = 0; i < 1500; i++) {
            log.publish(logged(Level.INFO, "line " + i));
        }
        read.countDown();
        while (shown.size() < 1000) {
            Thread.onSpinWait();
        }
        log.publish(logged(Level.INFO, "after"));
        log.close();
        assertThat(shown).hasSize(1002);
        assertThat(shown.get(999)).isEqualTo("INFO:waitress.queue:line 999\n");
        assertThat(shown.subList(1000, 1002))
                .containsExactly(
                        "WARNING:waitress:standard error was not read: 500 records lost\n",
                        "INFO:waitress.queue:after\n");
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
