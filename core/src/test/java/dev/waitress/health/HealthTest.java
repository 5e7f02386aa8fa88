package dev.waitress.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.Readiness;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthTest {
    private final Health health = new Health();

    @Test
    void isNotReadyBeforeTheServerServes() {
        assertThat(health.obstacles()).containsExactly("starting");
    }

    @Test
    void isThatOfTheApplicationMeanwhile() {
        health.serves(() -> List.of("no worker serves"));
        assertThat(health.obstacles()).containsExactly("no worker serves");
    }

    @Test
    void isNotReadyOnceTheEndHasBegun() {
        health.serves(Readiness.ALWAYS);
        assertThat(health.obstacles()).isEmpty();
        health.drains();
        assertThat(health.obstacles()).containsExactly("draining");
    }

    /** A signal may come while the server starts. */
    @Test
    void staysSoIfTheServerWouldServeAfterThat() {
        health.drains();
        health.serves(Readiness.ALWAYS);
        assertThat(health.obstacles()).containsExactly("draining");
    }
}
