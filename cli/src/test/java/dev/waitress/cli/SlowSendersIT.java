package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.testkit.Client;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SlowSendersIT {
    @Test
    void areToldThatTheirHeadDidNotCome() throws Exception {
        try (Command server = Command.serve("--request-head-timeout=1");
                Client silent = server.connect();
                Client slow = server.connect().send("GET / HTTP/1.1\r\nHost: a\r\nX: ")) {
            Client.Answer answer = slow.receive();
            assertThat(answer.head()).startsWith("HTTP/1.0 408 Request Timeout\r\nConnection: close\r\n");
            assertThat(answer.body()).contains("The request head did not arrive in time");
            assertThat(slow.isClosed()).isTrue();
            // Who has sent nothing is idle, not slow.
            assertThat(silent.ask("/pid").receive().status()).isEqualTo(200);
            assertThat(server.stop()).isZero();
        }
    }
}
