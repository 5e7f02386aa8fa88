package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerBoardTest {
    @Test
    void namesTheNewestRequestOfAllThreads(@TempDir Path directory) throws IOException {
        WorkerBoard board = new WorkerBoard(directory.resolve("board"), 3);
        assertThat(board.lastBegun(50)).isZero();
        ByteBuffer numbers = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
        numbers.putInt(0).putInt(41).putInt(40);
        Files.write(board.path(), numbers.array(), StandardOpenOption.WRITE);
        assertThat(board.lastBegun(50)).isEqualTo(41);
        assertThat(board.begun()).containsExactly(0, 41, 40);
    }

    @Test
    void saysNothingOfAWorkerWithoutLastWords(@TempDir Path directory) throws IOException {
        try (WorkerBoard board = new WorkerBoard(directory.resolve("board"), 3)) {
            assertThat(board.lastWords()).isEmpty();
            Files.write(board.path(), new byte[20], StandardOpenOption.TRUNCATE_EXISTING);
            assertThat(board.lastWords()).isEmpty();
        }
    }

    /** A worker may say that there is more than there can be. */
    @ParameterizedTest
    @CsvSource({"-1, 0", "1, 1", "16384, 16384", "16385, 16384"})
    void hasSoManyLastWordsAndNoMore(int stated, int read, @TempDir Path directory) throws IOException {
        try (WorkerBoard board = new WorkerBoard(directory.resolve("board"), 3)) {
            ByteBuffer numbers = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
            Files.write(board.path(), numbers.putInt(12, stated).array(), StandardOpenOption.WRITE);
            assertThat(board.lastWords()).hasSize(read);
        }
    }

    /** Who cannot be asked may have begun all that it was given. */
    @Test
    void takesAllForBegunIfItWasCutShort(@TempDir Path directory) throws IOException {
        try (WorkerBoard board = new WorkerBoard(directory.resolve("board"), 3)) {
            assertThat(board.path()).hasSize(12 + 4 + 16 * 1024);
            Files.write(board.path(), new byte[11], StandardOpenOption.TRUNCATE_EXISTING);
            assertThat(board.lastBegun(50)).isEqualTo(50);
            assertThat(board.begun()).containsExactly(0, 0, 0);
        }
        assertThat(directory).isEmptyDirectory();
    }
}
