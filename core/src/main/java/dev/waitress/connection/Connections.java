package dev.waitress.connection;

import dev.waitress.exchange.ClientCounts;
import dev.waitress.exchange.ClientCounts.Spoken;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of one loop, bounded in all and for each address of clients. At the bound the one that has been
 * idle for longest makes room for a new one. Event loop only.
 */
final class Connections {
    private static final Logger LOG = System.getLogger("waitress");

    private final int limit;

    /** 0 for no limit. */
    private final int limitPerAddress;

    /** Each with the address for which it counts; empty as long as that is not known. */
    private final Map<Connection, String> open = new LinkedHashMap<>();

    private final Map<String, Integer> countByAddress;
    private boolean saidFull;
    private long accepted;
    private long turnedAway;

    Connections(ClientLimits limits) {
        this.limit = limits.connections();
        this.limitPerAddress = limits.perAddress();
        this.countByAddress = limits.byAddress();
    }

    /** Whether one more from this address may come. Where two loops ask at the same time, both may be told so. */
    boolean admits(String address) {
        boolean admitted = limitPerAddress == 0 || countByAddress.getOrDefault(address, 0) < limitPerAddress;
        turnedAway += admitted ? 0 : 1;
        return admitted;
    }

    /** One more; the address is empty where it is not known yet: a proxy has as many connections as its clients. */
    void add(Connection connection, String address) {
        accepted++;
        open.put(connection, address);
        count(address, 1);
    }

    /** The address of a connection is known now, and admitted. */
    void identify(Connection connection, String address) {
        String before = open.replace(connection, address);
        if (before != null) {
            count(before, -1);
            count(address, 1);
        }
    }

    void remove(Connection connection) {
        String address = open.remove(connection);
        if (address != null) {
            count(address, -1);
        }
    }

    private void count(String address, int more) {
        if (limitPerAddress > 0) {
            countByAddress.merge(address, more, (had, change) -> had + change == 0 ? null : had + change);
        }
    }

    int size() {
        return open.size();
    }

    /** How many there may be. */
    int limit() {
        return limit;
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Those that are open now; what is done to them may close some. */
    List<Connection> snapshot() {
        return List.copyOf(open.keySet());
    }

    /** How many there are, and have been. */
    ClientCounts counts() {
        Map<Activity, Long> byActivity = new EnumMap<>(Activity.class);
        for (Connection each : open.keySet()) {
            byActivity.merge(Activity.of(each), 1L, Long::sum);
        }
        Map<String, Long> byWord = new LinkedHashMap<>();
        for (Activity each : Activity.values()) {
            byWord.put(each.word(), byActivity.getOrDefault(each, 0L));
        }
        return new ClientCounts(byWord, byLanguage(), accepted, turnedAway);
    }

    private Map<Spoken, Long> byLanguage() {
        Map<Spoken, Long> byLanguage = new LinkedHashMap<>();
        for (Language each : Language.values()) {
            byLanguage.put(new Spoken(each.word(), false), 0L);
            byLanguage.put(new Spoken(each.word(), true), 0L);
        }
        open.keySet()
                .forEach(each -> byLanguage.merge(
                        new Spoken(each.language().word(), each.peer().isEncrypted()), 1L, Long::sum));
        return byLanguage;
    }

    /** Whether one more can be taken, if need be in the place of an idle one. */
    boolean haveRoom() {
        return open.size() < limit
                || open.keySet().stream().map(Connection::place).anyMatch(Place::canBeVacated);
    }

    /** Closes those that have been idle for longest, as far as there is no room for so many more. */
    void makeRoom(int coming) {
        while (open.size() + coming > limit) {
            Place oldest = oldestIdle();
            if (oldest == null) {
                return; // a request of each has come in this very turn: one more than the limit, this time
            }
            oldest.vacate();
        }
    }

    /** Has the one leave that has been idle for longest; false if nobody can. */
    boolean vacateOldest() {
        Place oldest = oldestIdle();
        if (oldest != null) {
            oldest.vacate();
        }
        return oldest != null;
    }

    private @Nullable Place oldestIdle() {
        return open.keySet().stream()
                .map(Connection::place)
                .filter(Place::canBeVacated)
                .min(Comparator.comparingLong(Place::lastActiveNanos))
                .orElse(null);
    }

    /** Nobody can be taken: said once, until {@link #sayIfBelowLimit} has something to say. */
    void sayFull() {
        if (!saidFull) {
            saidFull = true;
            LOG.log(
                    Level.WARNING,
                    "total open connections reached the connection limit, no longer accepting new connections");
        }
    }

    /** Called now and then, so that a server at its limit does not log each coming and going. */
    void sayIfBelowLimit() {
        if (saidFull && open.size() < limit) {
            saidFull = false;
            LOG.log(Level.INFO, "total open connections dropped below the connection limit, listening again");
        }
    }
}
