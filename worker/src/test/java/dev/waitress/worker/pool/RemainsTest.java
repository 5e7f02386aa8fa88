package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RemainsTest {
    @Test
    void areCounted() {
        assertThat(Remains.count(List.of("x"))).isEqualTo("1 request");
        assertThat(Remains.count(List.of("x", "x"))).isEqualTo("2 requests");
    }

    @Test
    void areNamed() {
        assertThat(Remains.names(List.of("GET /"))).isEqualTo("(GET /)");
        assertThat(Remains.names(List.of("GET /", "PUT /a"))).isEqualTo("(GET /, PUT /a)");
    }

    @Test
    void areNamedUpToFive() {
        assertThat(Remains.names(Collections.nCopies(5, "x"))).isEqualTo("(x, x, x, x, x)");
        assertThat(Remains.names(Collections.nCopies(6, "x"))).isEqualTo("(x, x, x, x, x and 1 more)");
    }
}
