package dev.waitress.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.buffer.Lease;
import dev.waitress.loop.LoopResources;
import dev.waitress.testkit.FakeLoop;
import dev.waitress.testkit.FakeTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client may have the engine do for nothing is bounded by bytes, and not by records. */
class RecordLayerTest {
    private final FakeLoop loop = new FakeLoop(8192, 1 << 20);
    private final LoopResources resources = loop.resources();
    private final FakeTransport wire = new FakeTransport();
    private final FakeEngine engine = new FakeEngine();
    private final RecordLayer records = new RecordLayer(
            engine,
            new SealedInput(wire, new Lease(loop.memory)),
            new SealedOutput(wire, new Lease(loop.memory)),
            resources);

    private void open(String sent) throws IOException {
        wire.sendQuietly(sent);
        ByteBuffer in = resources.records().opened();
        records.open(in);
    }

    @ParameterizedTest
    @CsvSource({"27, 32", "31, 32", "32, 16", "500, 2", "1023, 1", "1024, 0", "16000, 0"})
    void aRecordWithoutContentCountsByItsLength(int length, int free) throws IOException {
        engine.recordBytes = length;
        for (int i = 0; i < free; i++) {
            open("x".repeat(length));
        }
        assertThatThrownBy(() -> open("x".repeat(length)))
                .isInstanceOf(SSLException.class)
                .hasMessage("too much in records without content");
    }

    /** The JDK answers each KeyUpdate that asks for it, one record each, and keeps what was not taken. */
    @Test
    void whatTheEngineHasToSayAtTheEndIsBounded() throws IOException {
        engine.status = HandshakeStatus.NEED_WRAP;
        records.sayLast();
        assertThat(engine.wrapped).isEqualTo(16);
        assertThat(wire.received()).hasSize(16);
    }
}
