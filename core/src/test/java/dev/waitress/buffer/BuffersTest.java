package dev.waitress.buffer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.testkit.OneSlot;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuffersTest {
    private static final MemoryBudget PLENTY = new MemoryBudget(Long.MAX_VALUE / 2);

    private final PrivateDirectory directory = new PrivateDirectory();

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    /** Takes a bounded number of bytes a time, as a socket does. */
    private static final class Sink implements GatheringByteChannel {
        final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final int most;
        boolean broken;

        /** How much it takes before it is full. */
        int room = Integer.MAX_VALUE;

        Sink(int most) {
            this.most = most;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            if (broken) {
                throw new IOException("broken");
            }
            byte[] bytes = new byte[Math.min(room, Math.min(most, from.remaining()))];
            from.get(bytes);
            taken.writeBytes(bytes);
            room -= bytes.length;
            return bytes.length;
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int count) throws IOException {
            long left = most;
            for (int i = offset; i < offset + count; i++) {
                ByteBuffer part = from[i].slice().limit((int) Math.min(left, from[i].remaining()));
                write(part);
                from[i].position(from[i].position() + part.position());
                left -= part.position();
            }
            return most - left;
        }

        @Override
        public long write(ByteBuffer[] from) throws IOException {
            return write(from, 0, from.length);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private List<Path> spooled() throws IOException {
        try (Stream<Path> files = Files.list(directory.path())) {
            return files.filter(file -> file.getFileName().toString().startsWith("spool-"))
                    .toList();
        }
    }

    private FileRegion region(Path file, long position, long count) throws IOException {
        FileChannel channel = FileChannel.open(file);
        return new FileRegion(channel, position, count, channel);
    }

    /** A file costs a descriptor, and there may be many answers of some bytes that nobody reads. */
    @Test
    void smallOutputStaysInMemoryWhereThereIsNoneForALargeBuffer() throws Exception {
        MemoryBudget memory = new MemoryBudget(2000);
        BufferPool pool = new BufferPool(1500, memory);
        try (OverflowBuffer first = new OverflowBuffer(pool, 1000, directory);
                OverflowBuffer second = new OverflowBuffer(pool, 1000, directory)) {
            first.append(new byte[1], 0, 1);
            second.append(new byte[13], 0, 13);
            assertThat(memory.held()).isEqualTo(1500 + 256);
        }
        assertThat(memory.held()).isZero();
    }

    /** The same for what was lent and could not leave in its turn. */
    @Test
    void smallLoansStayInMemoryWhereThereIsNoneForALargeBuffer() throws Exception {
        MemoryBudget memory = new MemoryBudget(1499);
        try (OverflowBuffer buffer = new OverflowBuffer(new BufferPool(1500, memory), 1000, directory)) {
            buffer.append(loan(new byte[13]));
            buffer.settle();
            assertThat(spooled()).isEmpty();
            assertThat(memory.held()).isEqualTo(256);
        }
        assertThat(memory.held()).isZero();
    }

    private static LoanedSegment loan(byte[] bytes) {
        return new LoanedSegment() {
            @Override
            protected ByteBuffer buffer() {
                return ByteBuffer.wrap(bytes);
            }

            @Override
            protected byte[] copy() {
                return bytes;
            }

            @Override
            public void close() {}
        };
    }

    /** With little memory for it, runs end where there is none for more; with none, all goes through files. */
    @ParameterizedTest
    @CsvSource({"1, 9999999", "7, 9999999", "100, 9999999", "100000, 9999999", "100000, 200", "100000, 16", "7, 0"})
    void outputComesOutAsItWentIn(int overflow, int most, @TempDir Path elsewhere) throws IOException {
        MemoryBudget memory = new MemoryBudget(most);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path file = Files.write(elsewhere.resolve("file"), new byte[50]);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        Sink sink = new Sink(13);
        try (OverflowBuffer buffer = new OverflowBuffer(new BufferPool(16, memory), overflow, directory)) {
            for (int i = 0; i < 2000; i++) {
                byte[] bytes = new byte[random.nextInt(60)];
                random.nextBytes(bytes);
                switch (random.nextInt(6)) {
                    case 0, 1 -> {
                        buffer.append(bytes, 0, bytes.length);
                        expected.writeBytes(bytes);
                    }
                    case 2 -> {
                        buffer.pass(bytes, 0, bytes.length, sink);
                        expected.writeBytes(bytes);
                    }
                    case 3 -> {
                        FileRegion region = region(file, 0, 50);
                        region.truncate(bytes.length);
                        if (random.nextBoolean()) {
                            region.sendLocally(new LocalFiles(8));
                        }
                        buffer.append(region);
                        expected.writeBytes(new byte[Math.min(50, bytes.length)]);
                    }
                    default -> buffer.writeTo(sink);
                }
                assertThat(buffer.size()).as("seed %d", seed).isEqualTo(expected.size() - sink.taken.size());
            }
            while (!buffer.isEmpty()) {
                buffer.writeTo(sink);
            }
        }
        assertThat(sink.taken.toByteArray()).as("seed %d", seed).isEqualTo(expected.toByteArray());
        assertThat(spooled()).isEmpty();
        assertThat(memory.held()).isZero();
    }

    @Test
    void outputThatFindsNoMemoryGoesToAFile() throws IOException {
        MemoryBudget memory = new MemoryBudget(100);
        try (OverflowBuffer buffer = new OverflowBuffer(new BufferPool(16, memory), 1000, directory)) {
            buffer.append(new byte[100], 0, 100);
            assertThat(spooled()).isEmpty();
            buffer.append(new byte[1], 0, 1);
            assertThat(spooled()).hasSize(1);
            assertThat(memory.held()).isEqualTo(100);
        }
        assertThat(memory.held()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"-1, 8192, 8193", "-1, 8191, 1", "9000, 8192, 8193", "9000, 9000, 9001", "100, 100, 101", "100, 99, 1"})
    void aBodyThatFindsNoMemoryGoesToAFile(int expected, int most, int first) throws IOException {
        MemoryBudget memory = new MemoryBudget(most);
        try (BodyBuffer body =
                new BodyBuffer(expected, new BodyStorage(20_000, memory, directory, SharedMemory.NONE))) {
            byte[] content = new byte[first];
            new Random(first).nextBytes(content);
            for (int at = 0; at < first; at++) {
                assertThat(body.file()).as("before byte %d", at).isNull();
                body.append(content, at, 1);
            }
            assertThat(body.file()).exists();
            assertThat(memory.held()).isZero();
            assertThat(body.open().readAllBytes()).isEqualTo(content);
        }
        assertThat(memory.held()).isZero();
        assertThat(spooled()).isEmpty();
    }

    @Test
    void aBodyInMemoryGivesItBack() throws IOException {
        MemoryBudget memory = new MemoryBudget(100);
        try (BodyBuffer body = new BodyBuffer(60, new BodyStorage(100, memory, directory, SharedMemory.NONE))) {
            body.append(new byte[60], 0, 60);
            assertThat(body.file()).isNull();
            assertThat(memory.held()).isEqualTo(60);
        }
        assertThat(memory.held()).isZero();
    }

    @Test
    void bytesThatTheTargetTakesAreNotKept() throws IOException {
        Sink sink = new Sink(50);
        try (OverflowBuffer buffer = new OverflowBuffer(new BufferPool(16, PLENTY), 1000, directory)) {
            buffer.append(new byte[10], 0, 10);
            buffer.pass(new byte[100], 0, 100, sink);
            assertThat(sink.taken.size()).isEqualTo(50);
            assertThat(buffer.size()).isEqualTo(60);
        }
    }

    @Test
    void bytesForABrokenTargetAreKeptUntilAWriteFindsOut() throws IOException {
        Sink sink = new Sink(50);
        sink.broken = true;
        try (OverflowBuffer buffer = new OverflowBuffer(new BufferPool(16, PLENTY), 1000, directory)) {
            buffer.pass(new byte[100], 0, 100, sink);
            assertThat(buffer.size()).isEqualTo(100);
            assertThatThrownBy(() -> buffer.writeTo(sink)).hasMessage("broken");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileThatShrinksBreaksTheWrite(boolean copied, @TempDir Path elsewhere) throws IOException {
        Path file = Files.write(elsewhere.resolve("file"), new byte[50]);
        try (OverflowBuffer buffer = new OverflowBuffer(new BufferPool(16, PLENTY), 1000, directory)) {
            FileRegion region = region(file, 10, 41);
            if (copied) {
                region.sendLocally(new LocalFiles(8));
            }
            buffer.append(region);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10; i++) {
                            buffer.writeTo(new Sink(100));
                        }
                    })
                    .isInstanceOf(EOFException.class)
                    .hasMessage("the file has shrunk: 1 bytes of the response are missing");
        }
    }

    @Test
    void aSegmentIsClosedWhenItIsSentOrDropped(@TempDir Path elsewhere) throws IOException {
        Path file = Files.write(elsewhere.resolve("file"), new byte[50]);
        int[] closed = {0};
        try (FileChannel channel = FileChannel.open(file);
                OverflowBuffer buffer = new OverflowBuffer(new BufferPool(16, PLENTY), 1000, directory)) {
            buffer.append(new FileRegion(channel, 0, 50, () -> closed[0]++));
            buffer.append(new FileRegion(channel, 0, 50, () -> closed[0] += 10));
            buffer.append(new FileRegion(channel, 0, 50, () -> closed[0] += 100));
            Sink sink = new Sink(50);
            sink.room = 60;
            buffer.writeTo(sink);
            assertThat(closed[0]).isEqualTo(1);
        }
        assertThat(closed[0]).isEqualTo(111);
    }

    /** An endless stream to a client that always lags behind must not fill the disk with what was sent long ago. */
    @Test
    void filesThatAreSentAreDeleted() throws IOException {
        byte[] block = new byte[10_000];
        Sink sink = new Sink(10_000);
        try (OverflowBuffer buffer = new OverflowBuffer(new BufferPool(16, PLENTY), 50_000, directory)) {
            for (int i = 0; i < 20; i++) {
                buffer.append(block, 0, block.length);
            }
            for (int i = 0; i < 1000; i++) {
                buffer.append(block, 0, block.length);
                sink.room = block.length;
                buffer.writeTo(sink);
            }
            long onDisk = 0;
            for (Path file : spooled()) {
                onDisk += Files.size(file);
            }
            // What waits, and as much again that was sent of the one file, while the other one fills.
            assertThat(onDisk).isBetween(150_000L, 3 * 200_000L + 64 * 1024);
        }
    }

    /** Ten megabytes that nobody reads took eight files, and as many descriptors. */
    @Test
    void whatWaitsLiesInOneFile(@TempDir Path elsewhere) throws IOException {
        byte[] block = new byte[10_000];
        Path file = Files.write(elsewhere.resolve("file"), new byte[50]);
        try (OverflowBuffer buffer = new OverflowBuffer(new BufferPool(16, PLENTY), 50_000, directory)) {
            for (int i = 0; i < 1000; i++) {
                buffer.append(block, 0, block.length);
                if (i % 100 == 0) {
                    buffer.append(region(file, 0, 50));
                }
            }
            assertThat(spooled()).hasSize(1);
            Sink sink = new Sink(1_000_000);
            while (!buffer.isEmpty()) {
                buffer.writeTo(sink);
            }
            assertThat(sink.taken.size()).isEqualTo(10_000_500);
            assertThat(spooled()).isEmpty();
        }
    }

    @Test
    void aBodyWhoseFileWasRemovedIsStillThere() throws IOException {
        byte[] content = new byte[200_000];
        new Random(1).nextBytes(content);
        try (BodyBuffer body = new BodyBuffer(-1, new BodyStorage(1000, PLENTY, directory, SharedMemory.NONE))) {
            body.append(content, 0, 150_000);
            Files.delete(spooled().get(0));
            body.append(content, 150_000, 50_000);
            assertThat(body.file()).hasBinaryContent(content);
            Files.delete(spooled().get(0));
            assertThat(body.open().readAllBytes()).isEqualTo(content);
        }
        assertThat(spooled()).isEmpty();
    }

    @Test
    void outputGoesToAFileBeyondTheOverflow() throws IOException {
        try (OverflowBuffer buffer = new OverflowBuffer(new BufferPool(16, PLENTY), 20, directory)) {
            buffer.append(new byte[20], 0, 20);
            assertThat(spooled()).isEmpty();
            buffer.append(new byte[1], 0, 1);
            assertThat(spooled()).isNotEmpty();
        }
        assertThat(spooled()).isEmpty();
    }

    @Test
    void aBodyGoesToAFileFromTheOverflowOn() throws IOException {
        for (int size : new int[] {19_999, 20_000, 20_001}) {
            byte[] content = new byte[size];
            new Random(size).nextBytes(content);
            try (BodyBuffer body = new BodyBuffer(-1, new BodyStorage(20_000, PLENTY, directory, SharedMemory.NONE))) {
                for (int at = 0; at < size; at += 777) {
                    body.append(content, at, Math.min(777, size - at));
                }
                assertThat(body.size()).isEqualTo(size);
                assertThat(body.open().readAllBytes()).isEqualTo(content);
                Path file = body.file();
                assertThat(file != null).isEqualTo(size >= 20_000);
                assertThat(file == null || Files.size(file) == size).isTrue();
            }
            assertThat(spooled()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, false", "10, false", "11, true", "100, true", "101, false"})
    void aBodyOfKnownSizeGoesToSharedMemoryWhereThereIsSome(int expected, boolean isShared) throws IOException {
        OneSlot shared = new OneSlot(11, 100);
        byte[] content = new byte[Math.abs(expected)];
        new Random(expected).nextBytes(content);
        try (BodyBuffer body = new BodyBuffer(expected, new BodyStorage(1000, PLENTY, directory, shared))) {
            body.append(content, 0, content.length / 2);
            body.append(content, content.length / 2, content.length - content.length / 2);
            assertThat(body.slot() != null).isEqualTo(isShared);
            assertThat(body.size()).isEqualTo(content.length);
            assertThat(body.open().readAllBytes()).isEqualTo(content);
        }
        assertThat(shared.free()).isEqualTo(1);
    }

    @Test
    void theRestOfABodyMayBeWrittenWhereItBelongs() throws IOException {
        OneSlot shared = new OneSlot(11, 100);
        try (BodyBuffer body = new BodyBuffer(20, new BodyStorage(1000, PLENTY, directory, shared))) {
            body.append("abcde".getBytes(ISO_8859_1), 0, 5);
            place(body).put("fghijklmno".getBytes(ISO_8859_1));
            body.advance(10);
            ByteBuffer last = place(body);
            assertThat(last.remaining()).isEqualTo(5);
            last.put("pqrst".getBytes(ISO_8859_1));
            body.advance(5);
            assertThat(place(body).remaining()).isZero();
            assertThat(new String(body.open().readAllBytes(), ISO_8859_1)).isEqualTo("abcdefghijklmnopqrst");
        }
        try (BodyBuffer body = new BodyBuffer(10, new BodyStorage(1000, PLENTY, directory, shared))) {
            assertThat(body.rest()).isNull();
        }
    }

    private static ByteBuffer place(BodyBuffer body) {
        return Objects.requireNonNull(body.rest());
    }

    @Test
    void aBodyThatWouldGoToAFileTakesNoSharedMemory() throws IOException {
        OneSlot shared = new OneSlot(11, 100);
        try (BodyBuffer body = new BodyBuffer(50, new BodyStorage(50, PLENTY, directory, shared))) {
            body.append(new byte[50], 0, 50);
            assertThat(body.file()).exists();
        }
    }
}
