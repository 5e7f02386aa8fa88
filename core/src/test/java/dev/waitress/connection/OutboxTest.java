package dev.waitress.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.buffer.FileRegion;
import dev.waitress.buffer.LoanedSegment;
import dev.waitress.buffer.OverflowBuffer;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.net.SocketErrors;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.FakeLoop;
import dev.waitress.testkit.FakeTransport;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sent to one client, without a socket. */
class OutboxTest {
    private static final int OVERFLOW = 64 * 1024;

    @TempDir
    private Path folder;

    private final FakeLoop loop = new FakeLoop(8192, 1 << 20);
    private final FakeTransport client = new FakeTransport();
    private int flushes;
    private boolean regionClosed;
    private int loansClosed;

    private Outbox outbox(PrivateDirectory directory) {
        OverflowBuffer waiting = new OverflowBuffer(loop.resources().pool(), OVERFLOW, directory);
        return new Outbox(loop, client, new SocketErrors(Settings.ofText(Map.of())), () -> flushes++, waiting);
    }

    private Outbox outbox() {
        return outbox(new PrivateDirectory());
    }

    private FileRegion region(String text, int bytes) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), text);
        FileChannel channel = FileChannel.open(file);
        return new FileRegion(channel, 0, bytes, () -> {
            regionClosed = true;
            channel.close();
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    @Test
    void sendsBytesAndPartsOfFilesInTheirOrder() throws IOException {
        Outbox outbox = outbox();
        outbox.write(bytes("before "));
        outbox.write(region("from a file", 4));
        outbox.write(bytes(" behind"));
        assertThat(outbox.size()).isEqualTo(7 + 4 + 7);
        assertThat(outbox.send()).isEqualTo(Outcome.SOME);
        assertThat(client.received()).isEqualTo("before from behind");
        assertThat(outbox.isEmpty()).isTrue();
        assertThat(regionClosed).isTrue();
        assertThat(outbox.send()).isEqualTo(Outcome.NOTHING);
        outbox.close();
    }

    /** Bytes on loan. */
    private final class Loan extends LoanedSegment {
        private final ByteBuffer bytes;

        Loan(String text) {
            bytes = ByteBuffer.wrap(OutboxTest.bytes(text));
        }

        @Override
        protected ByteBuffer buffer() {
            return bytes;
        }

        @Override
        protected byte[] copy() throws IOException {
            if (regionClosed) {
                throw new EOFException("gone");
            }
            byte[] rest = new byte[bytes.remaining()];
            bytes.get(bytes.position(), rest);
            return rest;
        }

        @Override
        public void close() {
            loansClosed++;
        }
    }

    @Test
    void givesBackWhatWasLentInTheTurnInWhichItCame() {
        Outbox outbox = outbox();
        client.makeRoom(9);
        outbox.write(bytes("before "));
        outbox.write(new Loan("lent"));
        outbox.write(new Loan(" to us"));
        outbox.write(bytes(" behind"));
        outbox.send();
        assertThat(loansClosed).isEqualTo(2);
        assertThat(client.received()).isEqualTo("before le");
        outbox.write(bytes(" and more"));
        client.makeRoom(1000);
        outbox.send();
        assertThat(client.received()).isEqualTo("before lent to us behind and more");
        assertThat(outbox.isEmpty()).isTrue();
        outbox.close();
    }

    @Test
    void keepsWhatWasLentInAFileWhereMemoryHasNoRoom() {
        Outbox outbox = outbox();
        client.makeRoom(0);
        String large = "x".repeat(OVERFLOW - 10);
        outbox.write(bytes(large));
        outbox.write(new Loan("lent to us"));
        outbox.write(new Loan("!"));
        outbox.send();
        assertThat(loansClosed).isEqualTo(2);
        outbox.write(bytes(" behind"));
        client.makeRoom(2 * OVERFLOW);
        while (outbox.send() == Outcome.SOME) {
            // until all of it is sent
        }
        assertThat(client.received()).isEqualTo(large + "lent to us! behind");
        outbox.close();
    }

    @Test
    void cutsAClientOfALoanThatIsGone() {
        Outbox outbox = outbox();
        client.makeRoom(0);
        outbox.write(new Loan("lent"));
        regionClosed = true;
        try (LogCapture log = new LogCapture()) {
            assertThat(outbox.send()).isEqualTo(Outcome.BROKEN);
            assertThat(log.lines()).singleElement().asString().endsWith("connection cut: gone");
        }
        outbox.close();
        assertThat(loansClosed).isOne();
    }

    @Test
    void hasItsOwnerFlushedOnceInATurn() {
        Outbox outbox = outbox();
        outbox.write(bytes("a"));
        outbox.write(bytes("b"));
        loop.turn();
        assertThat(flushes).isOne();
        outbox.send();
        outbox.write(new byte[0]);
        loop.turn();
        assertThat(flushes).as("nothing was written").isOne();
        outbox.write(bytes("c"));
        loop.turn();
        assertThat(flushes).isEqualTo(2);
        outbox.close();
    }

    @Test
    void watchesTheClientForRoomAsLongAsSomethingWaits() {
        Outbox outbox = outbox();
        client.makeRoom(1);
        outbox.write(bytes("ab"));
        assertThat(outbox.send()).isEqualTo(Outcome.SOME);
        assertThat(client.watched()).isEqualTo("w");
        client.makeRoom(1);
        outbox.send();
        assertThat(client.watched()).isEmpty();
        outbox.close();
    }

    @Test
    void tellsWhenTheClientWasGivenSomethingToRead() {
        Outbox outbox = outbox();
        long made = outbox.begunNanos();
        loop.pass(10);
        outbox.write(bytes("ab"));
        assertThat(outbox.begunNanos()).isEqualTo(made + 10);
        loop.pass(10);
        outbox.write(bytes("more, but it has not read the first"));
        assertThat(outbox.begunNanos()).isEqualTo(made + 10);
        outbox.send();
        outbox.write(bytes("c"));
        assertThat(outbox.begunNanos()).isEqualTo(made + 20);
        outbox.close();
    }

    @Test
    void cutsAClientOfAFileThatHasLostBytes() throws IOException {
        Outbox outbox = outbox();
        try (LogCapture log = new LogCapture()) {
            outbox.write(region("short", 9));
            assertThat(outbox.send()).isEqualTo(Outcome.SOME);
            assertThat(outbox.send()).isEqualTo(Outcome.BROKEN);
            assertThat(log.lines()).singleElement().asString().startsWith("SEVERE:waitress:connection cut: ");
        }
        outbox.close();
        assertThat(regionClosed).isTrue();
    }

    @Test
    void cutsASlowClientWhoseOutputCannotBeStored() {
        Outbox outbox = outbox(new PrivateDirectory(folder.resolve("missing")));
        client.makeRoom(0);
        try (LogCapture log = new LogCapture()) {
            for (int i = 0; i <= OVERFLOW; i += 1024) {
                outbox.write(new byte[1024]);
            }
            assertThat(log.lines())
                    .containsExactly("SEVERE:waitress:cannot store output for a slow client, connection cut: "
                            + "cannot make temporary files in " + folder.resolve("missing")
                            + ": no such directory; set TMPDIR to a directory that can be written");
            assertThat(log.thrown()).isNull();
        }
        assertThat(outbox.send()).isEqualTo(Outcome.BROKEN);
        outbox.close();
    }

    @Test
    void isBrokenWhereTheClientIsGone() {
        Outbox outbox = outbox();
        client.breakOff();
        outbox.write(bytes("a"));
        try (LogCapture log = new LogCapture()) {
            assertThat(outbox.send()).isEqualTo(Outcome.BROKEN);
            assertThat(log.lines()).as("that a client leaves is no error").isEmpty();
        }
        outbox.close();
    }

    @Test
    void takesNothingOnceItIsClosed() throws IOException {
        Outbox outbox = outbox();
        outbox.write(bytes("dropped"));
        loop.turn();
        outbox.close();
        outbox.write(bytes("late"));
        outbox.write(region("late", 4));
        loop.turn();
        assertThat(flushes).isOne();
        assertThat(regionClosed).isTrue();
        assertThat(client.received()).isEmpty();
    }
}
