package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Replacement;
import dev.waitress.exchange.Tally;
import dev.waitress.worker.pool.Worn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of an order to load the application again. */
class ReloadTest extends SupervisorFixture {
    @BeforeEach
    void begin() throws IOException {
        serve();
    }

    /** Its application may take long to load. */
    @Test
    void isToldOnceAlsoWhereAChangeHasOvertakenAnother() throws IOException {
        List<Outcome> told = new ArrayList<>();
        change();
        change();
        supervisor.reload("asked for", told::add);
        timers.advance(PATIENCE);
        ready(5, 6);
        assertThat(told).hasSize(1);
        change();
        change();
        ready(7, 8);
        ready(9, 10);
        assertThat(told).hasSize(1);
    }

    /** Its application may take long to load. */
    @Test
    void isLoadedToItsEndAlsoWhenAnotherFollows() throws IOException {
        supervisor.reload("asked for", Outcome::ignore);
        supervisor.reload("asked for", Outcome::ignore);
        timers.advance(PATIENCE);
        assertThat(launched).hasSize(4);
        ready(3, 4);
        assertThat(launched).hasSize(6);
        ready(5, 6);
        assertThat(quits(3)).isTrue();
    }

    @Test
    void isToldWhenItServes() throws IOException {
        List<Outcome> told = new ArrayList<>();
        supervisor.reload("asked for", told::add);
        ready(3);
        assertThat(told).isEmpty();
        ready(4);
        assertThat(told).containsExactly(Outcome.done("The application was loaded again, workers 300, 400 serve"));
        assertThat(replaced()).isEqualTo(Map.of(Replacement.RELOAD, 2L));
        assertThat(counted(Tally.Incident.RELOAD)).isEqualTo(1);
        exits(1, 0);
        exits(2, 0);
        assertThat(replaced()).as("they were to end").isEqualTo(Map.of(Replacement.RELOAD, 2L));
    }

    @Test
    void isToldWhenItCannotBeLoaded() throws IOException {
        List<Outcome> told = new ArrayList<>();
        supervisor.reload("asked for", told::add);
        worker(3).connects().fails("no module", 1);
        assertThat(replaced()).isEmpty();
        assertThat(counted(Tally.Incident.RELOAD)).isZero();
        assertThat(counted(Tally.Incident.RELOAD_FAILED)).isEqualTo(1);
        assertThat(told).singleElement().satisfies(outcome -> {
            assertThat(outcome.isDone()).isFalse();
            assertThat(outcome.message())
                    .startsWith("Cannot load the application, what was loaded before goes on:\nno module");
        });
    }

    /** What was loaded when somebody asks may be older than what he asks for. */
    @Test
    void isToldOfTheLoadingThatBeginsAfterIt() throws IOException {
        List<String> told = new ArrayList<>();
        supervisor.reload("asked for", outcome -> told.add("first"));
        supervisor.reload("asked for", outcome -> told.add("second"));
        ready(3, 4);
        assertThat(told).containsExactly("first");
        ready(5, 6);
        assertThat(told).containsExactly("first", "second");
    }

    @Test
    void isRefusedOnceTheServerEnds() {
        List<Outcome> told = new ArrayList<>();
        supervisor.close();
        supervisor.reload("asked for", told::add);
        assertThat(told).containsExactly(Outcome.refused("the server ends"));
    }

    /** Nobody needs to know that they have not loaded it. */
    @Test
    void isGivenUpInSilenceWhenTheServerEnds() {
        supervisor.reload("asked for", Outcome::ignore);
        supervisor.close();
        exits(3, 137);
        assertThat(quits(4)).isFalse();
        assertThat(launched).hasSize(4);
    }

    /** Its end is not waited for any more. */
    @Test
    void isFollowedByNoRenewalWhenTheServerEnds() throws IOException {
        supervisor.renew(worker(1).worker(), new Worn(Replacement.MAX_WORKER_AGE, "is old"));
        worker(3).connects().fails("no module", 1);
        supervisor.close();
        timers.advance(PAUSE);
        assertThat(launched).hasSize(3);
    }

    @Test
    void isNothingWhenTheServerEnds() {
        supervisor.close();
        supervisor.reload("asked for", Outcome::ignore);
        supervisor.addWorker();
        supervisor.removeWorker();
        supervisor.renew(worker(1).worker(), new Worn(Replacement.MAX_WORKER_AGE, "is old"));
        assertThat(launched).hasSize(2);
        assertThat(quits(2)).isFalse();
    }
}
