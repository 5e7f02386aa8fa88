package dev.waitress.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalFilesTest {
    private static final int SIZE = (int) LocalFiles.SMALLEST_BYTES + 1000;

    @TempDir
    private Path directory;

    private final LocalFiles files = new LocalFiles();

    @AfterEach
    void close() {
        files.close();
    }

    private Path write(String name, long size) throws IOException {
        byte[] bytes = new byte[(int) size];
        new Random(size).nextBytes(bytes);
        return Files.write(directory.resolve(name), bytes);
    }

    private static FileRegion region(Path file, long position, long count) throws IOException {
        FileChannel channel = FileChannel.open(file);
        return new FileRegion(channel, position, count, channel).knownAs(file);
    }

    private byte[] sent(FileRegion region) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        WritableByteChannel target = Channels.newChannel(bytes);
        try (region) {
            region.sendLocally(files);
            while (region.remaining() > 0) {
                region.writeTo(target);
            }
        }
        return bytes.toByteArray();
    }

    /** Whether a file is asked for again, and found in memory. */
    private boolean isMapped(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            files.find(file, channel);
            FileMapping mapping = files.find(file, channel);
            if (mapping != null) {
                mapping.giveBack();
            }
            return mapping != null;
        }
    }

    private static boolean isMappedBySystem(Path file) throws IOException {
        Path maps = Path.of("/proc/self/maps");
        assumeThat(maps).as("the system tells what is mapped").isReadable();
        return Files.readString(maps).contains(file.toString());
    }

    @Test
    void sendTheSameBytesEachTime() throws IOException {
        Path file = write("file", SIZE);
        byte[] expected = Arrays.copyOfRange(Files.readAllBytes(file), 5, SIZE - 5);
        for (int i = 0; i < 3; i++) {
            assertThat(sent(region(file, 5, SIZE - 10))).as("time %d", i).isEqualTo(expected);
        }
        assertThat(isMappedBySystem(file)).isTrue();
    }

    @Test
    void sendWhatIsInTheFileNow() throws IOException {
        Path file = write("file", SIZE);
        assertThat(isMapped(file)).isTrue();
        Files.write(file, new byte[] {'n', 'e', 'w'}, StandardOpenOption.WRITE);
        assertThat(sent(region(file, 0, 4))).startsWith('n', 'e', 'w');
    }

    @ParameterizedTest
    @CsvSource({"-1, false", "0, true", "1, true"})
    void mapFromTheSmallestSizeOn(int difference, boolean mapped) throws IOException {
        assertThat(isMapped(write("file", LocalFiles.SMALLEST_BYTES + difference)))
                .isEqualTo(mapped);
    }

    @ParameterizedTest
    @CsvSource({"-1, true", "0, true", "1, false"})
    void mapUpToTheLargestSize(int difference, boolean mapped) throws IOException {
        assertThat(isMapped(write("file", LocalFiles.LARGEST_BYTES + difference)))
                .isEqualTo(mapped);
    }

    @Test
    void mapNoFileThatIsAskedForOnce() throws IOException {
        Path file = write("file", SIZE);
        assertThat(sent(region(file, 0, SIZE))).hasSize(SIZE);
        assertThat(isMappedBySystem(file)).isFalse();
    }

    @Test
    void mapSoManyAtOnce() throws IOException {
        for (int i = 0; i < LocalFiles.MOST_FILES; i++) {
            assertThat(isMapped(write("file" + i, SIZE))).as("file %d", i).isTrue();
        }
        Path oneMore = write("one more", SIZE);
        assertThat(isMapped(oneMore)).isFalse();
        files.forgetUnused(); // all were used until now
        assertThat(isMapped(oneMore)).isTrue();
    }

    @Test
    void areForgottenWhenNobodyUsedThem() throws IOException {
        Path file = write("file", SIZE);
        assertThat(isMapped(file)).isTrue();
        files.forgetUnused();
        assertThat(isMappedBySystem(file)).isTrue();
        files.forgetUnused();
        assertThat(isMappedBySystem(file)).isFalse();
    }

    @Test
    void areForgottenButNotTakenFromWhomeverSendsThem() throws IOException {
        Path file = write("file", SIZE);
        assertThat(isMapped(file)).isTrue();
        FileRegion region = region(file, 0, SIZE);
        region.sendLocally(files);
        files.close();
        assertThat(isMappedBySystem(file)).isTrue();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        region.writeTo(Channels.newChannel(bytes));
        assertThat(bytes.toByteArray()).isEqualTo(Files.readAllBytes(file));
        region.close();
        assertThat(isMappedBySystem(file)).isFalse();
    }

    @Test
    void thatShrinkBreakTheWrite() throws IOException {
        Path file = write("file", SIZE);
        assertThat(isMapped(file)).isTrue();
        try (FileRegion region = region(file, 0, SIZE);
                FileChannel writer = FileChannel.open(file, StandardOpenOption.WRITE)) {
            region.sendLocally(files);
            writer.truncate(SIZE - 10);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            region.writeTo(Channels.newChannel(bytes));
            assertThat(bytes.size()).isEqualTo(SIZE - 10);
            assertThatThrownBy(() -> region.writeTo(Channels.newChannel(bytes)))
                    .isInstanceOf(EOFException.class)
                    .hasMessage("the file has shrunk: 10 bytes of the response are missing");
        }
    }

    @Test
    void thatGrowAreMappedAnew() throws IOException {
        Path file = write("file", SIZE);
        assertThat(isMapped(file)).isTrue();
        Files.write(file, new byte[] {'m', 'o', 'r', 'e'}, StandardOpenOption.APPEND);
        assertThat(isMapped(file)).isTrue();
        assertThat(sent(region(file, SIZE, 4))).containsExactly('m', 'o', 'r', 'e');
    }

    @Test
    void haveABufferThatIsEmptyEachTime() {
        files.buffer().put((byte) 1);
        ByteBuffer again = files.buffer();
        assertThat(again.position()).isZero();
        assertThat(again.remaining()).isEqualTo(again.capacity());
    }
}
