package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuitWatchTest {
    @TempDir
    private Path tasks;

    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger noticed = new AtomicInteger();

    @BeforeEach
    void start() throws IOException {
        thread("10", "java");
        thread("11", "Signal Dispatch");
        waits(5);
    }

    private void thread(String id, String name) throws IOException {
        Files.writeString(Files.createDirectory(tasks.resolve(id)).resolve("comm"), name + "\n");
    }

    private void waits(int times) throws IOException {
        Files.writeString(
                tasks.resolve("11/status"),
                "Name:\tSignal Dispatch\nvoluntary_ctxt_switches:\t" + times + "\nnonvoluntary_ctxt_switches:\t"
                        + taken.get() + "\n");
    }

    private QuitWatch watch() {
        QuitWatch watch = QuitWatch.find(tasks, taken::get, noticed::incrementAndGet);
        assertThat(watch).isNotNull();
        return watch;
    }

    @Test
    void noticesASignalThatIsNotOurs() throws IOException {
        QuitWatch watch = watch();
        watch.look();
        waits(7);
        watch.look();
        assertThat(noticed).as("one of ours may be on its way").hasValue(0);
        watch.look();
        watch.look();
        assertThat(noticed).hasValue(1);
        waits(9);
        watch.look();
        watch.look();
        assertThat(noticed).hasValue(2);
    }

    /** A tool of the JDK sends that signal when it is the first to attach. */
    @Test
    void doesNotTakeAnAttachmentForIt() throws IOException {
        QuitWatch watch = watch();
        waits(7);
        thread("12", "Attach Listener");
        watch.look();
        watch.look();
        assertThat(noticed).hasValue(0);
        waits(9);
        watch.look();
        watch.look();
        assertThat(noticed).hasValue(1);
    }

    @Test
    void doesNotTakeOursForIt() throws IOException {
        QuitWatch watch = watch();
        waits(7);
        taken.incrementAndGet();
        watch.look();
        watch.look();
        assertThat(noticed).hasValue(0);
    }

    @Test
    void waitsForOursToBeTaken() throws IOException {
        QuitWatch watch = watch();
        waits(7);
        watch.look();
        taken.incrementAndGet();
        watch.look();
        watch.look();
        assertThat(noticed).hasValue(0);
    }

    @Test
    void thinksNothingOfSignalsBeforeItsTime() throws IOException {
        taken.set(3);
        QuitWatch watch = watch();
        waits(7);
        watch.look();
        watch.look();
        assertThat(noticed).hasValue(1);
    }

    @Test
    void isNothingWhereTheSystemDoesNotTell() throws IOException {
        assertThat(QuitWatch.find(tasks.resolve("11"), taken::get, () -> {})).isNull();
        assertThat(QuitWatch.find(tasks.resolve("nothing"), taken::get, () -> {}))
                .isNull();
        Files.writeString(tasks.resolve("11/comm"), "other\n");
        assertThat(QuitWatch.find(tasks, taken::get, () -> {})).isNull();
    }
}
