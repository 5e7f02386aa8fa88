package dev.waitress.redirect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerName;
import dev.waitress.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plain HTTP beside HTTPS. */
class RedirectGatewayTest {
    private static final ServerName NAME = new ServerName("", false);

    @TempDir
    Path folder;

    /** For what is neither redirected nor a challenge. */
    private static final class Nobody implements Gateway {
        @Override
        public void submit(Request request, Response response) {
            throw new AssertionError(request.head().targetText());
        }

        @Override
        public void close(Duration within) {}
    }

    private String answer(String target) {
        Settings settings = Settings.ofText(Map.of(
                "self_signed", "true",
                "http_listen", "127.0.0.1:0",
                "https_redirect", "true",
                "acme_challenge_dir", folder.toString()));
        Request request = Requests.parse("GET " + target + " HTTP/1.1\r\nHost: a.test\r\n\r\n");
        FakeSink sink = new FakeSink(request.head(), NAME, false);
        new RedirectGateway(settings, 443, new Nobody()).submit(request, new Response(request, sink, NAME));
        return sink.outcome();
    }

    private String challenge(String token) {
        return answer("/.well-known/acme-challenge/" + token);
    }

    @Test
    void sendsToHttps() {
        assertThat(answer("/x?y"))
                .startsWith("HTTP/1.1 308 Permanent Redirect\r\n")
                .contains("\r\nLocation: https://a.test/x?y\r\n");
    }

    /** The path may be missing in an absolute form. */
    @Test
    void keepsAQueryWithoutAPath() {
        assertThat(answer("http://a.test?x=1")).contains("\r\nLocation: https://a.test/?x=1\r\n");
        assertThat(answer("http://a.test")).contains("\r\nLocation: https://a.test/\r\n");
        assertThat(answer("http://a.test/?x=1")).contains("\r\nLocation: https://a.test/?x=1\r\n");
    }

    @Nested
    class Challenges {
        @Test
        void areServedAsTheyAre() throws Exception {
            byte[] all = new byte[256];
            for (int i = 0; i < all.length; i++) {
                all[i] = (byte) i;
            }
            Files.write(folder.resolve("token"), all);
            assertThat(challenge("token"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\r\nContent-Length: 256\r\n")
                    .contains("\r\nContent-Type: application/octet-stream\r\n")
                    .endsWith("\r\n\r\n" + new String(all, ISO_8859_1) + "--open");
        }

        @Test
        void areServedUpToTheBound() throws Exception {
            Files.write(folder.resolve("large"), new byte[16 * 1024]);
            assertThat(challenge("large")).contains("\r\nContent-Length: 16384\r\n");
        }

        /** Half of a file would prove nothing, and nobody would see why. */
        @Test
        void areNotCutBeyondIt() throws Exception {
            Files.write(folder.resolve("larger"), new byte[16 * 1024 + 1]);
            assertThat(challenge("larger")).startsWith("HTTP/1.1 404 Not Found\r\n");
        }
    }
}
