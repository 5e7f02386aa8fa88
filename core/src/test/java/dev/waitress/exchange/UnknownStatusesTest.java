package dev.waitress.exchange;

import static dev.waitress.exchange.ResponseTest.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import org.junit.jupiter.api.Test;

class UnknownStatusesTest {
    @Test
    void areToldOnceEach() {
        UnknownStatuses statuses = new UnknownStatuses();
        try (LogCapture log = new LogCapture()) {
            for (String status : new String[] {"599 Known", "600 Not", "999 Neither", "600 Again"}) {
                statuses.note(head(status));
            }
            assertThat(log.lines())
                    .map(line -> line.replaceFirst(", which is none of HTTP .*", ""))
                    .containsExactly(
                            "WARNING:waitress:the application answers with status 600",
                            "WARNING:waitress:the application answers with status 999");
        }
    }
}
