package dev.waitress.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private static final int SMALL = MemoryBudget.SMALL_BYTES;
    private static final int MOST = 4 * SMALL;

    private final MemoryBudget memory = new MemoryBudget(MOST);

    @Test
    void isTakenUpByWhatIsSmallToTheLastByte() {
        for (int i = 0; i < 3; i++) {
            assertThat(memory.resize(0, SMALL)).isTrue();
        }
        assertThat(memory.resize(0, SMALL - 1)).isTrue();
        assertThat(memory.resize(0, 2)).isFalse();
        assertThat(memory.resize(0, 1)).isTrue();
        assertThat(memory.resize(0, 1)).isFalse();
        assertThat(memory.held()).isEqualTo(MOST);
    }

    @Test
    void isTakenUpToItsHalfByWhatIsLarge() {
        assertThat(memory.resize(0, MOST / 2 + 1)).isFalse();
        assertThat(memory.resize(0, MOST / 2)).isTrue();
        assertThat(memory.resize(0, SMALL + 1)).isFalse();
        assertThat(memory.resize(0, SMALL)).isTrue();
        assertThat(memory.resize(SMALL, SMALL + 1)).isFalse();
        assertThat(memory.held()).isEqualTo(MOST / 2 + SMALL);
    }

    @Test
    void isTakenUpToTheLastByteByWhatIsNeededWhole() {
        assertThat(memory.fill(0, MOST + 1)).isFalse();
        assertThat(memory.fill(0, MOST - 1)).isTrue();
        assertThat(memory.fill(MOST - 1, MOST)).isTrue();
        assertThat(memory.fill(0, 1)).isFalse();
        assertThat(memory.held()).isEqualTo(MOST);
    }

    @Test
    void letsEverybodyShrink() {
        assertThat(memory.resize(0, MOST / 2)).isTrue();
        assertThat(memory.resize(0, SMALL)).isTrue();
        assertThat(memory.resize(MOST / 2, SMALL + 1)).isTrue();
        memory.release(SMALL + 1);
        memory.release(SMALL);
        assertThat(memory.held()).isZero();
    }

    @Test
    void tellsOnceThatItIsUsedUp() {
        try (LogCapture log = new LogCapture()) {
            assertThat(memory.resize(0, MOST + 1)).isFalse();
            assertThat(memory.resize(0, MOST + 1)).isFalse();
            assertThat(log.lines()).singleElement().asString().contains("clients take up 0 MiB of the heap");
        }
    }
}
