package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.settings.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientLimitsTest {
    private static List<ClientLimits> shared(int connections, int loops) {
        return ClientLimits.shared(
                Settings.ofText(
                        Map.of("connection_limit", String.valueOf(connections), "connections_per_address", "3")),
                loops);
    }

    @Test
    void areDividedAmongLoops() {
        assertThat(shared(10, 3)).extracting(ClientLimits::connections).containsExactly(4, 3, 3);
        assertThat(shared(1, 2)).extracting(ClientLimits::connections).containsExactly(1, 0);
    }

    @Test
    void ofOneClientHoldForAllLoopsTogether() {
        List<ClientLimits> limits = shared(10, 2);
        assertThat(limits.get(1).byAddress()).isSameAs(limits.get(0).byAddress());
        assertThat(limits).extracting(ClientLimits::perAddress).containsExactly(3, 3);
    }
}
