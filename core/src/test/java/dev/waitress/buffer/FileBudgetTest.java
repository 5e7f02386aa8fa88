package dev.waitress.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.LogCapture;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients cannot have all descriptors, and not fill the log with what they do not get. */
class FileBudgetTest {
    private static final MemoryBudget PLENTY = new MemoryBudget(1 << 20);
    private final IOException full = new IOException("No space left on device");

    private final FileBudget files = new FileBudget(2);
    private final PrivateDirectory directory = new PrivateDirectory(files);

    @AfterEach
    void close() {
        directory.close();
    }

    private BodyBuffer spooled() throws IOException {
        BodyBuffer body = new BodyBuffer(-1, new BodyStorage(10, PLENTY, directory, SharedMemory.NONE));
        body.append(new byte[20], 0, 20);
        return body;
    }

    @Test
    void boundsBodiesAndOutputTogether() throws IOException {
        BodyBuffer body = spooled();
        try (OverflowBuffer output = new OverflowBuffer(new BufferPool(16, PLENTY), 10, directory)) {
            output.append(new byte[20], 0, 20);
            assertThat(files.held()).isEqualTo(2);
            assertThatThrownBy(this::spooled)
                    .isInstanceOf(IOException.class)
                    .hasMessage("clients have 2 files already, and the descriptors allow no more");
            assertThat(files.held()).isEqualTo(2);
        }
        body.close();
        body.close();
        assertThat(files.held()).isZero();
        spooled().close();
    }

    @Test
    void isNotUsedUpByFilesThatCannotBeMade() throws IOException {
        directory.close();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(this::spooled).hasMessage("the server has ended");
        }
        assertThat(files.held()).isZero();
    }

    @Test
    void tellsOfFailuresOnceAMinute() {
        long minute = TimeUnit.MINUTES.toNanos(1);
        try (LogCapture log = new LogCapture()) {
            files.report("cannot store a body", full, 0);
            files.report("cannot store a body", full, 1);
            files.report("cannot store output", full, 2);
            files.report("cannot store a body", full, minute - 1);
            files.report("cannot store a body", full, minute);
            files.report("cannot store a body", full, 2 * minute);
            assertThat(log.lines())
                    .containsExactly(
                            "SEVERE:waitress:cannot store a body: No space left on device",
                            "SEVERE:waitress:cannot store output: No space left on device",
                            "SEVERE:waitress:cannot store a body: No space left on device"
                                    + " (2 more such failures in between)",
                            "SEVERE:waitress:cannot store a body: No space left on device");
        }
    }
}
