package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RemainsTest {
    @Test
    void areNamedInTheLog() {
        assertThat(Remains.describe(List.of("GET /"))).isEqualTo("1 request (GET /)");
        assertThat(Remains.describe(List.of("GET /", "PUT /a"))).isEqualTo("2 requests (GET /, PUT /a)");
    }

    @Test
    void areNamedUpToFive() {
        assertThat(Remains.describe(Collections.nCopies(5, "x"))).isEqualTo("5 requests (x, x, x, x, x)");
        assertThat(Remains.describe(Collections.nCopies(6, "x"))).isEqualTo("6 requests (x, x, x, x, x and 1 more)");
    }
}
