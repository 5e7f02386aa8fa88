package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.buffer.Lease;
import dev.waitress.buffer.MemoryBudget;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.ServerEnd;
import dev.waitress.proxy.Forwarding;
import dev.waitress.testkit.Heads;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** All that a client has sent ahead is counted in the memory of all clients, until it is given back. */
class PipelinedTest {
    private static final int BUDGET = 100_000;

    private final MemoryBudget memory = new MemoryBudget(BUDGET);
    private final Pipelined pipelined = new Pipelined(new Lease(memory));

    private static Arrival.Complete request(int bytes) {
        String head = "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(bytes) + "\r\n\r\n";
        return new Arrival.Complete(new Request(
                Heads.parse(head),
                BodyBuffer.EMPTY,
                new Peer("1.2.3.4", "5", new ServerEnd("http", "80")),
                Forwarding.NONE));
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.wrap(new byte[count]);
    }

    @Test
    void countsRequestsAndBytes() {
        assertThat(pipelined.add(request(1000))).isTrue();
        long one = memory.held();
        assertThat(one).isGreaterThan(1000);
        assertThat(pipelined.keep(bytes(500))).isTrue();
        assertThat(memory.held()).isEqualTo(one + 500);
        pipelined.takeBytes();
        assertThat(memory.held()).isEqualTo(one);
        pipelined.clear();
        assertThat(memory.held()).isZero();
    }

    @Test
    void handsTheShareOfARequestOn() {
        Arrival request = request(1000);
        pipelined.add(request);
        long held = memory.held();
        Lease holder = new Lease(memory);
        assertThat(pipelined.next(holder)).isSameAs(request);
        pipelined.clear();
        assertThat(memory.held()).isEqualTo(held).isEqualTo(holder.bytes()).isEqualTo(request.memoryBytes());
    }

    @Test
    void takesNoRequestForWhichThereIsNoRoom() {
        while (pipelined.add(request(3000))) {
            assertThat(memory.held()).isLessThanOrEqualTo(BUDGET);
        }
        int waiting = pipelined.requests();
        assertThat(waiting).isPositive();
        assertThat(pipelined.add(request(3000))).isFalse();
        assertThat(pipelined.requests()).isEqualTo(waiting);
    }

    @Test
    void keepsNoBytesForWhichThereIsNoRoom() {
        assertThat(pipelined.keep(bytes(BUDGET + 1))).isFalse();
        assertThat(pipelined.hasBytes()).isFalse();
        assertThat(memory.held()).isZero();
    }
}
