package dev.waitress.worker.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waitress.buffer.Segment;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArenaTest {
    private static final Path MAPS = Path.of("/proc/self/maps");

    /** Two slots of four bytes behind their two states, both taken. */
    private static final String MEMORY = "\1\1abcdefgh";

    @TempDir
    private Path directory;

    private Arena arena() throws IOException {
        return new Arena(Files.writeString(directory.resolve("arena"), MEMORY), 2, 2, 4);
    }

    private static String sent(Segment block) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        block.writeTo(Channels.newChannel(target));
        return target.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void hasBlocksInItsSlots() throws IOException {
        Arena arena = arena();
        assertThat(sent(arena.block(0, 4))).isEqualTo("abcd");
        assertThat(sent(arena.block(1, 3))).isEqualTo("efg");
    }

    /** As where the address space of processes is limited. */
    @Test
    void isReadWhereThereIsNoRoomToMapIt() throws IOException {
        Path file = Files.writeString(directory.resolve("arena"), MEMORY);
        Arena arena = new Arena(file, 2, 2, 4, (channel, bytes) -> {
            throw new IOException("Map failed");
        });
        Segment block = arena.block(0, 5);
        assertThat(sent(block)).isEqualTo("abcde");
        block.close();
        assertThat(Files.readString(file)).isEqualTo("\0\0abcdefgh");
        Files.writeString(file, "");
        assertThatThrownBy(() -> arena.block(0, 5)).isInstanceOf(EOFException.class);
        arena.close();
    }

    @Test
    void sendsNoMoreOfABlockThanIsWanted() throws IOException {
        Segment block = arena().block(1, 4);
        block.truncate(2);
        assertThat(block.remaining()).isEqualTo(2);
        assertThat(sent(block)).isEqualTo("ef");
    }

    @Test
    void freesASlotWhenItsBlockIsDone() throws IOException {
        arena().block(1, 4).close();
        assertThat(Files.readString(directory.resolve("arena"))).isEqualTo("\1\0abcdefgh");
    }

    @Test
    void freesAllSlotsThatABlockTakesUp() throws IOException {
        Segment block = arena().block(0, 5);
        assertThat(sent(block)).isEqualTo("abcde");
        block.close();
        assertThat(Files.readString(directory.resolve("arena"))).isEqualTo("\0\0abcdefgh");
    }

    @Test
    void freesNoSlotBehindABlockThatFillsItsOwn() throws IOException {
        arena().block(0, 4).close();
        assertThat(Files.readString(directory.resolve("arena"))).isEqualTo("\0\1abcdefgh");
    }

    /** What the worker says of its memory is looked at: a touch of what is not there would end the process. */
    @ParameterizedTest
    @CsvSource({
        "2, 2, 5",
        "2, 3, 4",
        "2, -1, 4",
        "2, 0, 4",
        "2, 2, 0",
        "2, 2, -4",
        "-2, 2, 4",
        "1, 2, 4",
        "2, 2, 2147483647",
        "4097, 4097, 1"
    })
    void isNoLargerThanItsFile(int first, int slots, int slotBytes) throws IOException {
        Path file = Files.writeString(directory.resolve("arena"), MEMORY);
        assertThatThrownBy(() -> new Arena(file, first, slots, slotBytes)).isInstanceOf(IllegalArgumentException.class);
        assertThat(file).hasSize(MEMORY.length());
    }

    @ParameterizedTest
    @CsvSource({"2, 2, 4", "1, 1, 1", "4096, 4096, 1", "1024, 1, 1073740800"})
    void mayBeAsSmallAndAsLargeAsTheseBounds(int first, int slots, int slotBytes) throws IOException {
        Path file = directory.resolve("arena");
        int bytes = slots * slotBytes;
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(first + (long) bytes);
        }
        try (Arena arena = new Arena(file, first, slots, slotBytes)) {
            assertThat(arena.block(0, bytes).remaining()).isEqualTo(bytes);
            assertThat(arena.block(slots - 1, 1).remaining()).isEqualTo(1);
        }
    }

    @Test
    void thatItsWorkerTakesAwayFailsAWriteAndNothingElse() throws IOException {
        Segment block = arena().block(1, 4);
        Files.write(directory.resolve("arena"), new byte[0]);
        try (FileChannel target =
                FileChannel.open(directory.resolve("target"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThatThrownBy(() -> block.writeTo(target)).isInstanceOf(IOException.class);
        }
        block.close();
    }

    @Test
    void isMappedUntilItsWorkerIsGoneAndItsBlocksAreSent() throws IOException {
        assumeTrue(Files.isReadable(MAPS), "the system does not say what is mapped");
        Arena arena = arena();
        Segment block = arena.block(1, 4);
        arena.close();
        assertThat(isMapped()).isTrue();
        assertThat(sent(block)).isEqualTo("efgh");
        block.close();
        assertThat(isMapped()).isFalse();
    }

    private boolean isMapped() throws IOException {
        try (Stream<String> maps = Files.lines(MAPS)) {
            return maps.anyMatch(
                    line -> line.endsWith(directory.resolve("arena").toString()));
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "2, 1", "0, 0", "0, 9", "1, 5", "1, -1", "0, 2147483647"})
    void refusesWhatIsNotInIt(int slot, int count) throws IOException {
        Arena arena = arena();
        assertThatThrownBy(() -> arena.block(slot, count)).isInstanceOf(IllegalArgumentException.class);
    }
}
