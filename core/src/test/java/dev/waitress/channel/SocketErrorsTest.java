package dev.waitress.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketErrorsTest {
    private final LogRecorder log = new LogRecorder("waitress");

    @AfterEach
    void stopRecording() {
        log.close();
    }

    @Test
    void areLoggedUnlessTheClientLeft() {
        SocketErrors errors = new SocketErrors(true);
        errors.failed(new IOException("Connection reset by peer"));
        errors.failed(new IOException("Broken pipe"));
        assertThat(log.lines(Level.INFO)).isEmpty();
        errors.failed(new IOException("No route to host"));
        errors.notAccepted(new IOException("Too many open files"));
        assertThat(log.lines(Level.INFO))
                .containsExactly("SEVERE Socket error", "WARNING server accept() threw an exception");
    }

    @Test
    void areNotLoggedWhereTheSettingsSaySo() {
        SocketErrors errors = new SocketErrors(false);
        errors.failed(new IOException("No route to host"));
        errors.notAccepted(new IOException("Too many open files"));
        assertThat(log.lines(Level.INFO)).isEmpty();
    }
}
