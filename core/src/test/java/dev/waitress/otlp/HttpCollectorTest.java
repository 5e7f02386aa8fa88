package dev.waitress.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.otlp.Collector.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCollectorTest {
    private static final byte[] BATCH = "{\"resourceSpans\":[]}".getBytes(StandardCharsets.UTF_8);
    private static final long SECONDS = 30;

    /** What was asked, and what has been understood of the answer. */
    private record Exchange(String asked, Answer answer) {}

    private static Exchange send(String path, Map<String, String> environment, String response)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> asked = CompletableFuture.supplyAsync(() -> serve(server, response));
            Collector collector = HttpCollector.of("http://127.0.0.1:" + server.getLocalPort() + path, environment);
            Answer answer = collector.send(BATCH);
            return new Exchange(asked.get(SECONDS, TimeUnit.SECONDS), answer);
        }
    }

    private static String serve(ServerSocket server, String response) {
        try (Socket client = server.accept()) {
            InputStream in = client.getInputStream();
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            while (!received.toString(StandardCharsets.UTF_8).endsWith("[]}")) {
                received.write(in.read());
            }
            client.getOutputStream().write(response.getBytes(StandardCharsets.UTF_8));
            return received.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String response(String status, String body, String... fields) {
        return "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n"
                + String.join("", fields) + "\r\n" + body;
    }

    @ParameterizedTest
    @CsvSource({
        "'', /v1/traces",
        "/, /v1/traces",
        "/v1/traces, /v1/traces",
        "/v1/traces/, /v1/traces",
        "/otlp, /otlp/v1/traces",
        "/otlp//, /otlp/v1/traces",
    })
    void isAskedAtThePathOfOtlp(String path, String asked) throws Exception {
        Exchange exchange = send(path, Map.of(), response("200 OK", "{}"));
        assertThat(exchange.asked()).startsWith("POST " + asked + " HTTP/1.1\r\n");
        assertThat(exchange.answer()).isEqualTo(Answer.taken(0, ""));
    }

    @Test
    void isSentJsonAndTheHeadersOfTheEnvironment() throws Exception {
        Map<String, String> environment = Map.of("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b+c, x=y=z ,");
        assertThat(send("", environment, response("200 OK", "{}")).asked())
                .contains("\r\nContent-Type: application/json\r\n", "\r\napi-key: a b+c\r\n", "\r\nx: y=z\r\n")
                .contains("\r\nContent-Length: " + BATCH.length + "\r\n")
                .endsWith("\r\n\r\n{\"resourceSpans\":[]}");
    }

    @Test
    void isHungUpOnIfItAnswers100WithoutEnd() throws Exception {
        String continues = "HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000_000);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> asked = CompletableFuture.supplyAsync(() -> serve(server, continues));
            Collector collector = HttpCollector.of("http://127.0.0.1:" + server.getLocalPort(), Map.of());
            assertThat(collector.send(BATCH)).isEqualTo(Answer.later(0, "it answers 100 without end"));
            assertThatThrownBy(() -> asked.get(SECONDS, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(UncheckedIOException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"429", "502", "503", "504"})
    void mayBeAskedAgain(int status) throws Exception {
        Answer answer = send("", Map.of(), response(status + " X", "busy\n", "Retry-After: 7\r\n"))
                .answer();
        assertThat(answer).isEqualTo(Answer.later(7000, "it answers " + status + ": busy\\x0a"));
        assertThat(send("", Map.of(), response(status + " X", "", "Retry-After: soon\r\n"))
                        .answer())
                .isEqualTo(Answer.later(0, "it answers " + status));
    }

    @ParameterizedTest
    @CsvSource({"301", "400", "401", "404", "413", "500", "501"})
    void hasSpokenItsLastWord(int status) throws Exception {
        assertThat(send("", Map.of(), response(status + " X", "", "Location: /\r\n"))
                        .answer())
                .isEqualTo(Answer.never("it answers " + status));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"rejectedSpans\":\"3\"", "\"rejectedSpans\" : 3"})
    void saysWhatItRejects(String count) throws Exception {
        String body = "{\"partialSuccess\":{" + count + "}}";
        assertThat(send("", Map.of(), response("200 OK", body)).answer())
                .isEqualTo(Answer.taken(3, "it has rejected some: " + body));
    }

    @Test
    void isReadOnlyAsFarAsItIsOfUse() throws Exception {
        assertThat(send("", Map.of(), response("200 OK", "x".repeat(20_000)))
                        .answer()
                        .isTaken())
                .isTrue();
    }

    @Test
    void mayComeBack() throws Exception {
        int port;
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = nobody.getLocalPort();
        }
        Answer answer = HttpCollector.of("http://127.0.0.1:" + port, Map.of()).send(BATCH);
        assertThat(answer.mayRetry()).isTrue();
        assertThat(answer.reason()).isNotEmpty();
    }

    @Test
    void isNoneIfItDoesNotSpeakHttp() throws Exception {
        assertThat(send("", Map.of(), "garbage\r\n\r\n").answer()).isEqualTo(Answer.never("it does not speak HTTP"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "=b", "a b=c", "a=b%0Ac", "a=%C3%A9", "a=%"})
    void isNotMadeWithHeadersThatAreNone(String headers) {
        assertThatThrownBy(() -> HttpCollector.of("http://a", Map.of("OTEL_EXPORTER_OTLP_HEADERS", headers)))
                .hasMessageStartingWith("OTEL_EXPORTER_OTLP_HEADERS: ");
    }
}
