package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.exchange.ResponseEnd;
import dev.waitress.exchange.ResponseObserver;
import dev.waitress.exchange.Tally;
import dev.waitress.worker.fakes.FakeClient;
import dev.waitress.worker.fakes.ScriptedWorker;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs once more when its worker has died. */
class SecondAttemptTest {
    private static final String ATTEMPT = "waitress.attempt";

    @TempDir
    private Path directory;

    private PoolFixture fixture;
    private ScriptedWorker worker;
    /** It serves when the first one dies. */
    private ScriptedWorker other;

    @BeforeEach
    void serve() throws IOException {
        fixture = new PoolFixture(directory, 1, Wear.NONE, true);
        worker = fixture.serving(1);
        other = fixture.worker(2);
    }

    private static String sentTo(ScriptedWorker worker) {
        return new String(worker.requests().sent(), StandardCharsets.ISO_8859_1);
    }

    private FakeClient runs(String method, BodyBuffer body) throws IOException {
        FakeClient client = fixture.ask(method, "/shop", body);
        fixture.turn();
        worker.begins(1);
        return client;
    }

    private void dies() throws IOException {
        other.connects().isReady().worker().serve();
        worker.worker().die();
        fixture.turn();
    }

    /** Whether or not somebody else begins the request: its first attempt is over. */
    @ParameterizedTest
    @CsvSource({"GET, '[lost]'", "POST, '[lost, ended]'"})
    void isToldToWhoObserves(String method, String told) throws IOException {
        FakeClient client = runs(method, BodyBuffer.EMPTY);
        List<String> seen = new ArrayList<>();
        client.response().observedBy(new ResponseObserver() {
            @Override
            public void lost() {
                seen.add("lost");
            }

            @Override
            public void ended(ResponseEnd end) {
                seen.add("ended");
            }
        });
        dies();
        assertThat(seen).hasToString(told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE"})
    void isOfferedToTheNextWorker(String method) throws IOException {
        FakeClient client = runs(method, BodyBuffer.EMPTY);
        assertThat(sentTo(worker)).doesNotContain(ATTEMPT);
        dies();
        assertThat(sentTo(other)).contains(method, "/shop", ATTEMPT + "i\2\0\0\0");
        other.answers(1, "");
        assertThat(client.status()).isEqualTo("200 OK");
        assertThat(fixture.events()).contains("died 1 lost 0");
        assertThat(counted(Tally.Incident.REQUEST_REPEATED)).isEqualTo(1);
        assertThat(counted(Tally.Incident.REQUEST_LOST)).isZero();
    }

    @Test
    void isOfferedAlsoWhereTheClientHasHintsAlready() throws IOException {
        FakeClient client = runs("GET", BodyBuffer.EMPTY);
        worker.hints(1);
        fixture.turn();
        assertThat(client.status()).isEqualTo("103 Early Hints");
        dies();
        other.answers(1, "");
        assertThat(client.status()).isEqualTo("200 OK");
    }

    private long counted(Tally.Incident incident) {
        return fixture.pool.tally().counts().of(incident);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "PROPFIND"})
    void isNotForWhatMayHaveChangedSomething(String method) throws IOException {
        FakeClient client = runs(method, BodyBuffer.EMPTY);
        dies();
        assertThat(client.status()).isEqualTo("502 Bad Gateway");
        assertThat(sentTo(other)).isEmpty();
        assertThat(counted(Tally.Incident.REQUEST_LOST)).isEqualTo(1);
    }

    @Test
    void isNotForARequestWithABody() throws IOException {
        FakeClient client = runs("GET", PoolFixture.body(new byte[] {1}));
        dies();
        assertThat(client.status()).isEqualTo("502 Bad Gateway");
    }

    @Test
    void isNotForAnAnswerThatHasBegun() throws IOException {
        FakeClient client = runs("GET", BodyBuffer.EMPTY);
        worker.requests()
                .say(ScriptedWorker.list(
                        ScriptedWorker.message(Protocol.START, 1, 2, writer -> ScriptedWorker.head(writer, "200 OK"))));
        dies();
        assertThat(client.body()).endsWith("|cut");
        assertThat(sentTo(other)).isEmpty();
    }

    @Test
    void isTheLast() throws IOException {
        FakeClient client = runs("GET", BodyBuffer.EMPTY);
        dies();
        other.begins(1);
        ScriptedWorker third = fixture.serving(3);
        other.worker().die();
        fixture.turn();
        assertThat(client.status()).isEqualTo("502 Bad Gateway");
        assertThat(sentTo(third)).isEmpty();
    }

    @Test
    void isNotForAClientThatHasLeft() throws IOException {
        FakeClient client = runs("GET", BodyBuffer.EMPTY);
        client.response().clientGone();
        dies();
        assertThat(sentTo(other)).isEmpty();
    }

    /** Others that it had not begun stay first attempts. */
    @Test
    void isOnlyForWhatHadBegun() throws IOException {
        runs("GET", BodyBuffer.EMPTY);
        fixture.ask("/second");
        fixture.turn();
        dies();
        String sent = sentTo(other);
        assertThat(sent).contains("/shop", "/second");
        assertThat(sent.split(ATTEMPT, -1)).hasSize(2);
    }
}
