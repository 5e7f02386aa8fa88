package dev.waitress.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketErrorsTest {
    private final IOException timeout = new IOException("Connection timed out");

    @Test
    void areLoggedWithTheirTraceback() {
        try (LogCapture log = new LogCapture()) {
            new SocketErrors(Settings.defaults()).failed(timeout);
            assertThat(log.lines()).containsExactly("SEVERE:waitress:Socket error");
            assertThat(log.thrown()).isSameAs(timeout);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection reset", "Connection reset by peer", "Broken pipe", "Socket is not connected"})
    void areNoneWhenTheClientHasLeft(String text) {
        try (LogCapture log = new LogCapture()) {
            SocketErrors errors = new SocketErrors(Settings.defaults());
            errors.failed(new IOException(text));
            errors.acceptFailed(new IOException(text));
            errors.failed(new ClosedChannelException());
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void areNotLoggedIfNotWanted() {
        try (LogCapture log = new LogCapture()) {
            SocketErrors errors = new SocketErrors(Settings.defaults().with(Setting.LOG_SOCKET_ERRORS, false));
            errors.failed(timeout);
            errors.acceptFailed(timeout);
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void thatKeepClientsOutAreSaidOnceUntilOneIsTaken() {
        try (LogCapture log = new LogCapture()) {
            SocketErrors errors = new SocketErrors(Settings.defaults());
            errors.acceptFailed(timeout);
            errors.acceptFailed(timeout);
            assertThat(log.lines()).containsExactly("WARNING:waitress:server accept() threw an exception");
            assertThat(log.thrown()).isSameAs(timeout);
            errors.accepted();
            errors.acceptFailed(timeout);
            assertThat(log.lines()).hasSize(2);
        }
    }
}
