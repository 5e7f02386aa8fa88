package dev.waitress.worker.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waitress.buffer.BufferPool;
import dev.waitress.buffer.LoanedSegment;
import dev.waitress.buffer.MemoryBudget;
import dev.waitress.buffer.OverflowBuffer;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.buffer.Segment;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RingTest {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final int FIRST = 8;
    private static final int BYTES = 10;

    @TempDir
    private Path directory;

    private Path file;
    private Ring ring;

    @BeforeEach
    void make() throws IOException {
        file = Files.writeString(directory.resolve("ring"), "\0".repeat(FIRST) + "abcdefghij");
        ring = new Ring(file, FIRST, BYTES);
    }

    private int freed() throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(file))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
    }

    private static String sent(Segment body) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        body.writeTo(Channels.newChannel(target));
        return target.toString(StandardCharsets.ISO_8859_1);
    }

    /** A socket that is full after a byte. */
    private static final class TakesOne implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) {
            source.get();
            return 1;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private void send(int start, int count) throws IOException {
        ring.body(start, count).close();
        ring.giveBack();
    }

    @Test
    void saysThatItIsKnown() throws IOException {
        assertThat(Files.readAllBytes(file)[Integer.BYTES]).isEqualTo((byte) 1);
    }

    @Test
    void hasBodiesOneBehindTheOther() throws IOException {
        assertThat(sent(ring.body(0, 3))).isEqualTo("abc");
        assertThat(sent(ring.body(3, 7))).isEqualTo("defghij");
    }

    @Test
    void tellsWhatIsFreeAgainWhenItIsAsked() throws IOException {
        Segment body = ring.body(0, 3);
        ring.giveBack();
        assertThat(freed()).isZero();
        body.close();
        assertThat(freed()).isZero();
        ring.giveBack();
        assertThat(freed()).isEqualTo(3);
    }

    @Test
    void givesNothingBackBehindABodyThatWaits() throws IOException {
        Segment slow = ring.body(0, 3);
        ring.body(3, 2).close();
        ring.giveBack();
        assertThat(freed()).isZero();
        slow.close();
        ring.giveBack();
        assertThat(freed()).isEqualTo(5);
    }

    @Test
    void beginsAgainBehindTheEnd() throws IOException {
        send(0, 6);
        send(6, 4);
        assertThat(sent(ring.body(0, 2))).isEqualTo("ab");
        assertThat(freed()).isEqualTo(10);
    }

    /** Also one that is there because an answer was lost on its way. */
    @Test
    void countsTheGapInFrontOfABody() throws IOException {
        send(0, 8);
        send(0, 3);
        assertThat(freed()).isEqualTo(8 + 2 + 3);
        send(5, 1);
        assertThat(freed()).isEqualTo(8 + 2 + 3 + 2 + 1);
    }

    @Test
    void mayBeFull() throws IOException {
        Segment all = ring.body(0, BYTES);
        assertThatThrownBy(() -> ring.body(0, 1)).isInstanceOf(IllegalArgumentException.class);
        all.close();
        ring.giveBack();
        assertThat(sent(ring.body(0, BYTES))).isEqualTo("abcdefghij");
    }

    /** What a worker says is looked at: it could make us send what others are to get. */
    @ParameterizedTest
    @CsvSource({"-1, 1", "10, 1", "4, 0", "4, -1", "4, 7", "4, 2147483647", "2147483647, 1", "0, 5", "3, 1"})
    void hasNoBodyElsewhere(int start, int count) throws IOException {
        ring.body(0, 4);
        ring.body(4, 2).discard();
        assertThatThrownBy(() -> ring.body(start, count)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"8, 11", "9, 10", "4, 10", "-1, 5", "8, 0", "8, -1", "2147483647, 10", "8, 2147483647"})
    void isNoLargerThanItsFile(int first, int bytes) {
        assertThatThrownBy(() -> new Ring(file, first, bytes)).isInstanceOf(IllegalArgumentException.class);
        assertThat(file).hasSize(FIRST + BYTES);
    }

    @Test
    void hasNoBodyThatGoesBeyondItsEnd() throws IOException {
        send(0, 4);
        assertThatThrownBy(() -> ring.body(4, BYTES - 3)).isInstanceOf(IllegalArgumentException.class);
        assertThat(sent(ring.body(4, BYTES - 4))).isEqualTo("efghij");
    }

    /** What is left of it; the worker may lay another one in its place. */
    @Test
    void isCopiedWhereABodyHasToWait() throws IOException {
        ring.body(0, 3);
        try (OverflowBuffer waiting = new OverflowBuffer(
                        new BufferPool(16, new MemoryBudget(1 << 20)), 1 << 20, new PrivateDirectory(directory));
                FileChannel target = FileChannel.open(
                        directory.resolve("target"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            LoanedSegment body = ring.body(3, 4);
            body.truncate(3);
            body.writeTo(new TakesOne());
            waiting.append(body);
            waiting.settle();
            Files.writeString(file, "\0".repeat(FIRST) + "ABCDEFGHIJ");
            waiting.writeTo(target);
        }
        assertThat(Files.readString(directory.resolve("target"))).isEqualTo("ef");
    }

    @Test
    void hasNoCopyOfWhatItsWorkerHasTakenAway() throws IOException {
        try (OverflowBuffer waiting = new OverflowBuffer(
                new BufferPool(16, new MemoryBudget(1 << 20)), 1 << 20, new PrivateDirectory(directory))) {
            waiting.append(ring.body(0, 4));
            Files.write(file, new byte[0]);
            assertThatThrownBy(waiting::settle).isInstanceOf(EOFException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 1", "67108864, 1", "5, 67108864"})
    void mayBeAsSmallAndAsLargeAsTheseBounds(int first, int bytes) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(first + (long) bytes);
        }
        try (Ring other = new Ring(file, first, bytes)) {
            assertThat(other.body(0, bytes).remaining()).isEqualTo(bytes);
        }
    }

    @Test
    void thatItsWorkerTakesAwayFailsAWriteAndNothingElse() throws IOException {
        Segment body = ring.body(0, 4);
        Files.write(file, new byte[0]);
        try (FileChannel target =
                FileChannel.open(directory.resolve("target"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThatThrownBy(() -> body.writeTo(target)).isInstanceOf(IOException.class);
        }
        body.close();
    }

    @Test
    void isMappedUntilItsWorkerIsGoneAndItsBodiesAreSent() throws IOException {
        assumeTrue(Files.isReadable(MAPS), "the system does not say what is mapped");
        Segment body = ring.body(0, 4);
        ring.close();
        assertThat(isMapped()).isTrue();
        assertThat(sent(body)).isEqualTo("abcd");
        body.close();
        assertThat(isMapped()).isFalse();
    }

    private boolean isMapped() throws IOException {
        try (Stream<String> maps = Files.lines(MAPS)) {
            return maps.anyMatch(line -> line.endsWith(file.toString()));
        }
    }
}
