package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.buffer.SharedMemory;
import dev.waitress.platform.Platform;
import dev.waitress.worker.memory.BodySlots;
import dev.waitress.worker.pool.WorkerBoard;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerHomeTest {
    @TempDir
    private Path folder;

    private PrivateDirectory directory;
    private WorkerHome home;

    @BeforeEach
    void make() {
        directory = new PrivateDirectory(folder);
        home = new WorkerHome(directory, 2);
    }

    @AfterEach
    void remove() {
        home.close();
        home.removeBodies();
        directory.close();
    }

    @Test
    void hasNoAddressBeforeItHasADoor() {
        assertThatIllegalStateException().isThrownBy(home::address);
        assertThatIllegalStateException().isThrownBy(home::secret);
        assertThatIllegalStateException().isThrownBy(home::requireDirectory);
    }

    @Test
    void hasNoMemoryForBodiesWhereTheSystemHasNone() {
        System.setProperty(Platform.PROPERTY, "macos");
        try (WorkerHome without = new WorkerHome(directory, 2)) {
            assertThat(without.bodies()).isNull();
            assertThat(without.bodyMemory()).isSameAs(SharedMemory.NONE);
        } finally {
            System.clearProperty(Platform.PROPERTY);
        }
    }

    /** A disk that is full keeps no worker from being replaced. */
    @Test
    void hasItsBoardsBesideTheBodiesInMemory() throws IOException {
        BodySlots bodies = home.bodies();
        Path expected = bodies == null ? home.directory() : bodies.path().resolveSibling("");
        try (WorkerBoard board = home.board(7)) {
            assertThat(board.lastBegun(1)).isZero();
            assertThat(expected.resolve("begun-7")).isRegularFile();
        }
    }

    @Test
    void hasItsBoardsOnTheDiskOnceTheMemoryIsGone() throws IOException {
        home.removeBodies();
        assertThat(home.bodies()).isNull();
        try (WorkerBoard board = home.board(7)) {
            assertThat(board.lastBegun(1)).isZero();
            assertThat(home.directory().resolve("begun-7")).isRegularFile();
        }
    }

    @Test
    void lendsMemoryForBodiesWhereThereIsSome() {
        BodySlots bodies = home.bodies();
        assertThat(home.bodyMemory()).isSameAs(bodies == null ? SharedMemory.NONE : bodies);
    }
}
