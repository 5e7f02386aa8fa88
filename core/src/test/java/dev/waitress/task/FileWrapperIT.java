package dev.waitress.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.Server;
import dev.waitress.Waitress;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.FileWrapper;
import dev.waitress.wsgi.Header;
import dev.waitress.wsgi.StartResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files as bodies of a Java application's responses, over a socket. */
@Timeout(60)
class FileWrapperIT {
    private static final Settings SETTINGS = Settings.defaults().with(Setting.LISTEN, List.of("127.0.0.1:0"));

    @TempDir
    private Path directory;

    private Path file = Path.of("");

    @BeforeEach
    void writeFile() throws IOException {
        file = Files.writeString(directory.resolve("file"), "0123456789");
    }

    /** Content-Length, or {@code chunked}, and the body. */
    private static String outcome(Application application, String method) throws Exception {
        try (Server server = Waitress.start(application, SETTINGS)) {
            int port = ((InetSocketAddress) server.addresses().get(0)).getPort();
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + "/").toURL().openConnection();
            connection.setRequestMethod(method);
            try (InputStream body = connection.getInputStream()) {
                String text = new String(body.readAllBytes(), StandardCharsets.US_ASCII);
                String length = connection.getHeaderField("Content-Length");
                return (length == null ? "chunked" : length) + " " + text;
            }
        }
    }

    private static StartResponse.Write start(StartResponse startResponse, String contentLength) {
        return startResponse.start(
                "200 OK", contentLength.isEmpty() ? List.of() : List.of(new Header("Content-Length", contentLength)));
    }

    @ParameterizedTest(name = "from {0}, Content-Length \"{1}\"")
    @CsvSource({
        "0, '', 10 0123456789",
        "9, '', 1 9",
        "10, '', '0 '",
        "11, '', '0 '",
        "3, 7, 7 3456789",
        "3, 5, 5 34567",
        "3, 8, 7 3456789",
        "3, 0, '0 '"
    })
    void areSentFromTheirPosition(long position, String contentLength, String outcome) throws Exception {
        Application application = (environ, startResponse) -> {
            start(startResponse, contentLength);
            return FileWrapper.of(FileChannel.open(file).position(position));
        };
        assertThat(outcome(application, "GET")).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({"'', chunked ab0123456789", "5, 5 ab012", "12, 12 ab0123456789"})
    void followWhatWasWritten(String contentLength, String outcome) throws Exception {
        Application application = (environ, startResponse) -> {
            start(startResponse, contentLength).write("ab".getBytes(StandardCharsets.US_ASCII));
            return FileWrapper.of(file);
        };
        assertThat(outcome(application, "GET")).isEqualTo(outcome);
    }

    @Test
    void areClosedWhenTheyWereSentAndNotBefore() throws Exception {
        FileChannel channel = FileChannel.open(file);
        Application application = (environ, startResponse) -> {
            start(startResponse, "");
            return FileWrapper.of(channel);
        };
        assertThat(outcome(application, "GET")).isEqualTo("10 0123456789");
        awaitClosed(channel);
    }

    /** The client may have all before the loop, or the thread of the application, comes to this. */
    private static void awaitClosed(FileChannel channel) {
        while (channel.isOpen()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void areNotSentToHead() throws Exception {
        FileChannel channel = FileChannel.open(file);
        Application application = (environ, startResponse) -> {
            start(startResponse, "");
            return FileWrapper.of(channel);
        };
        assertThat(outcome(application, "HEAD")).isEqualTo("10 ");
        awaitClosed(channel);
    }

    @Test
    void comeFromAStreamByTheFactoryInTheEnviron() throws Exception {
        Application application = (environ, startResponse) -> {
            start(startResponse, "");
            FileWrapper.Factory factory =
                    (FileWrapper.Factory) Objects.requireNonNull(environ.get("wsgi.file_wrapper"));
            return factory.wrap(Files.newInputStream(file), 4);
        };
        assertThat(outcome(application, "GET")).isEqualTo("chunked 0123456789");
    }

    @Test
    void ofOtherStreamsAreReadInBlocksAndClosed() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        InputStream stream = new ByteArrayInputStream("0123456789".getBytes(StandardCharsets.US_ASCII)) {
            @Override
            public void close() {
                closed.countDown();
            }
        };
        FileWrapper wrapper = new FileWrapper(stream, 4);
        Application application = (environ, startResponse) -> {
            start(startResponse, "10");
            return wrapper;
        };
        assertThat(outcome(application, "GET")).isEqualTo("10 0123456789");
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void areRefusedIfTheyAreNone() {
        assertThatThrownBy(() -> FileWrapper.of(directory)).hasMessageContaining("is a directory");
        assertThatThrownBy(() -> new FileWrapper(InputStream.nullInputStream(), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
