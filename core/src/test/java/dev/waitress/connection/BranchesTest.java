package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.Peer;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

class BranchesTest {
    /** Somebody can always be taken, perhaps for another one. */
    private record Fake(int count, int free) implements Branch {
        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void take(SocketChannel socket, Peer peer) {}

        @Override
        public void sendAway() {}

        @Override
        public void drain(Runnable callback) {}
    }

    private final Branch some = new Fake(3, 1);
    private final Branch full = new Fake(3, 0);
    private final Branches branches = new Branches();

    @Test
    void nobodyHasToLeaveWhereAnotherHasAPlace() {
        branches.add(full);
        assertThat(branches.emptiest(() -> 1)).isNull();
        branches.add(some);
        assertThat(branches.emptiest(() -> 0)).isSameAs(some);
        assertThat(branches.count()).isEqualTo(6);
    }

    @Test
    void theOthersComeFirst() {
        branches.add(some);
        assertThat(branches.emptiest(() -> 1)).isSameAs(some);
        assertThat(branches.emptiest(() -> 2)).isNull();
    }

    @Test
    void somebodyLeavesWhereAllAreFull() {
        branches.add(full);
        assertThat(branches.emptiest(() -> 0)).isSameAs(full);
        assertThat(branches.emptiest(() -> Integer.MIN_VALUE)).isSameAs(full);
    }
}
