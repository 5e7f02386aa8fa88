package dev.waitress.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Occupation;
import dev.waitress.exchange.Tally;
import dev.waitress.exchange.WorkerStatus;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTextTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0.0 s",
        "999, 0.9 s",
        "59_999, 59.9 s",
        "60_000, 1 min 0 s",
        "3_599_999, 59 min 59 s",
        "3_600_000, 1 h 0 min",
        "86_399_999, 23 h 59 min",
        "86_400_000, 1 d 0 h",
        "900_000_000, 10 d 10 h",
    })
    void showsTimesAsShortAsTheyAreOfUse(String millis, String shown) {
        assertThat(StatusText.time(TimeUnit.MILLISECONDS.toNanos(Long.parseLong(millis.replace("_", "")))))
                .isEqualTo(shown);
    }

    @Test
    void showsSomeOfManyRequests() {
        List<Occupation> many = Collections.nCopies(23, new Occupation("waitress-0", "GET /", 0, ""));
        WorkerStatus worker = new WorkerStatus(1, 99, "serving", 0, -1, 0, false, many);
        String text = StatusText.of(new Status(
                "1.0",
                98,
                0,
                new Front.Overview(List.of(), 0, List.of()),
                new Inspection(List.of(worker), 0, Tally.Counts.NONE),
                Map.of(99L, 3L * 1024 * 1024)));
        assertThat(text).endsWith("    and 3 more\n").contains("3 MiB", " - ");
        assertThat(text.lines().filter(line -> line.contains("GET /"))).hasSize(20);
    }
}
