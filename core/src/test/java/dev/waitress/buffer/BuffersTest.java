package dev.waitress.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuffersTest {
    private final PrivateDirectory directory = new PrivateDirectory();

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    /** Takes a bounded number of bytes a time, as a socket does. */
    private static final class Sink implements WritableByteChannel {
        final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final int most;

        Sink(int most) {
            this.most = most;
        }

        @Override
        public int write(ByteBuffer from) {
            byte[] bytes = new byte[Math.min(most, from.remaining())];
            from.get(bytes);
            taken.writeBytes(bytes);
            return bytes.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100, 100_000})
    void outputComesOutAsItWentIn(int overflow) throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        Sink sink = new Sink(13);
        try (OverflowBuffer buffer = new OverflowBuffer(new BufferPool(16), overflow, directory)) {
            for (int i = 0; i < 2000; i++) {
                if (random.nextBoolean()) {
                    byte[] bytes = new byte[random.nextInt(60)];
                    random.nextBytes(bytes);
                    buffer.append(bytes, 0, bytes.length);
                    expected.writeBytes(bytes);
                } else {
                    buffer.writeTo(sink);
                }
                assertThat(buffer.size()).as("seed %d", seed).isEqualTo(expected.size() - sink.taken.size());
            }
            while (!buffer.isEmpty()) {
                buffer.writeTo(sink);
            }
        }
        assertThat(sink.taken.toByteArray()).as("seed %d", seed).isEqualTo(expected.toByteArray());
        assertThat(directory.path()).isEmptyDirectory();
    }

    @Test
    void outputGoesToAFileBeyondTheOverflow() throws IOException {
        try (OverflowBuffer buffer = new OverflowBuffer(new BufferPool(16), 20, directory)) {
            buffer.append(new byte[20], 0, 20);
            assertThat(directory.path()).isEmptyDirectory();
            buffer.append(new byte[1], 0, 1);
            assertThat(directory.path()).isNotEmptyDirectory();
        }
        assertThat(directory.path()).isEmptyDirectory();
    }

    @Test
    void aBodyGoesToAFileFromTheOverflowOn() throws IOException {
        for (int size : new int[] {19_999, 20_000, 20_001}) {
            byte[] content = new byte[size];
            new Random(size).nextBytes(content);
            try (BodyBuffer body = new BodyBuffer(-1, 20_000, directory)) {
                for (int at = 0; at < size; at += 777) {
                    body.append(content, at, Math.min(777, size - at));
                }
                assertThat(body.size()).isEqualTo(size);
                assertThat(body.open().readAllBytes()).isEqualTo(content);
                Path file = body.file();
                assertThat(file != null).isEqualTo(size >= 20_000);
                assertThat(file == null || Files.size(file) == size).isTrue();
            }
            assertThat(directory.path()).isEmptyDirectory();
        }
    }

    @Test
    void theDirectoryIsPrivateAndGoesAway() throws IOException {
        Path path = directory.path();
        assertThat(Files.getPosixFilePermissions(path))
                .hasSize(3)
                .allMatch(p -> p.name().startsWith("OWNER"));
        Files.writeString(Files.createDirectory(path.resolve("d")).resolve("f"), "x");
        directory.close();
        assertThat(path).doesNotExist();
    }
}
