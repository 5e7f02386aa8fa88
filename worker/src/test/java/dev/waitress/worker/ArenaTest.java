package dev.waitress.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.buffer.Segment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArenaTest {
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

    @ParameterizedTest
    @CsvSource({"-1, 1", "2, 1", "0, 0", "0, 5", "1, -1"})
    void refusesWhatIsNotInIt(int slot, int count) throws IOException {
        Arena arena = arena();
        assertThatThrownBy(() -> arena.block(slot, count)).isInstanceOf(IllegalArgumentException.class);
    }
}
