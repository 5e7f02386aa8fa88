package dev.waitress.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http2.StreamIds.Standing;
import org.junit.jupiter.api.Test;

class StreamIdsTest {
    private final StreamIds ids = new StreamIds();

    @Test
    void countUpwardsByOddNumbers() {
        assertThat(ids.mayBegin(1)).isTrue();
        ids.begin(5);
        assertThat(ids.mayBegin(5)).isFalse();
        assertThat(ids.mayBegin(3)).isFalse();
        assertThat(ids.mayBegin(6)).isFalse();
        assertThat(ids.mayBegin(7)).isTrue();
        assertThat(ids.last()).isEqualTo(5);
    }

    @Test
    void tellWhatHasBecomeOfAStream() {
        ids.begin(1);
        ids.end(1, false);
        ids.begin(5);
        ids.end(5, true);
        assertThat(ids.of(1)).isEqualTo(Standing.ENDED);
        assertThat(ids.of(3)).isEqualTo(Standing.GONE);
        assertThat(ids.of(5)).isEqualTo(Standing.CUT);
        assertThat(ids.of(7)).isEqualTo(Standing.IDLE);
        assertThat(ids.of(2)).isEqualTo(Standing.IDLE);
    }

    @Test
    void rememberTheLastHundredThatHaveEnded() {
        for (int id = 1; id <= 201; id += 2) {
            ids.begin(id);
            ids.end(id, false);
        }
        assertThat(ids.of(1)).isEqualTo(Standing.GONE);
        assertThat(ids.of(3)).isEqualTo(Standing.ENDED);
    }
}
