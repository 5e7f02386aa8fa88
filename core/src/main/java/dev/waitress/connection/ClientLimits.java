package dev.waitress.connection;

import dev.waitress.net.DescriptorLimit;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * How many connections one loop may have.
 *
 * @param connections in all
 * @param perAddress of one client, on all loops together; 0 for no limit
 * @param byAddress how many each client has, on all loops together
 */
public record ClientLimits(int connections, int perAddress, Map<String, Integer> byAddress) {
    /** Those of a server with one loop. */
    public static ClientLimits of(Settings settings) {
        int connections = DescriptorLimit.ofThisProcess().bound(settings);
        return new ClientLimits(connections, settings.getInt(Setting.CONNECTIONS_PER_ADDRESS), new HashMap<>());
    }

    /** The same for each of several loops, which share in them. */
    public static List<ClientLimits> shared(Settings settings, int loops) {
        ClientLimits all = of(settings);
        if (loops == 1) {
            return List.of(all);
        }
        Map<String, Integer> byAddress = new ConcurrentHashMap<>();
        return IntStream.range(0, loops)
                .mapToObj(i -> new ClientLimits(share(all.connections, i, loops), all.perAddress, byAddress))
                .toList();
    }

    private static int share(int of, int loop, int loops) {
        return of / loops + (loop < of % loops ? 1 : 0);
    }
}
