package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.worker.fakes.FakeClient;
import dev.waitress.worker.fakes.ScriptedWorker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What workers are told of requests that are alike. */
class TemplatesTest {
    /** A key that only the shared part of an environ has. */
    private static final String SHARED = "SERVER_PROTOCOL";

    @TempDir
    private Path directory;

    private static String sentTo(ScriptedWorker worker) {
        return new String(worker.requests().sent(), StandardCharsets.ISO_8859_1);
    }

    private static int sharedParts(ScriptedWorker worker) {
        return sentTo(worker).split(SHARED, -1).length - 1;
    }

    @Test
    void areToldOnceToEachWorker() throws IOException {
        PoolFixture fixture = new PoolFixture(directory, 8);
        ScriptedWorker one = fixture.serving(1);
        for (int i = 1; i <= 5; i++) {
            fixture.ask("/" + i);
            fixture.turn();
        }
        assertThat(sharedParts(one)).isEqualTo(2);
        assertThat(sentTo(one)).contains("/1", "/2", "/3", "/4", "/5");
        ScriptedWorker other = fixture.serving(2);
        for (int i = 6; i <= 10; i++) {
            fixture.ask("/" + i);
            fixture.turn();
        }
        assertThat(sharedParts(one)).isEqualTo(2);
        assertThat(sharedParts(other)).isEqualTo(1);
    }

    /** The next worker may not know the template, and the request does not say for whom it was. */
    @Test
    void areNotNeededByARequestThatMovesOn() throws IOException {
        PoolFixture fixture = new PoolFixture(directory, 1);
        ScriptedWorker dying = fixture.serving(1);
        for (int i = 1; i <= 2; i++) {
            fixture.ask("/" + i);
            fixture.turn();
            dying.begins(i);
            dying.answers(i, "");
        }
        FakeClient client = fixture.ask("/moves");
        fixture.turn();
        assertThat(sharedParts(dying)).isEqualTo(2);
        ScriptedWorker other = fixture.serving(2);
        dying.worker().die();
        fixture.turn();
        assertThat(sentTo(other)).contains(SHARED, "/moves", "10.0.0.1");
        other.answers(1, "");
        assertThat(client.status()).isEqualTo("200 OK");
    }
}
