package dev.waitress.net;

import dev.waitress.platform.Platform;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.util.List;

/**
 * How many descriptors this process may have open.
 *
 * @param descriptors {@link Long#MAX_VALUE} for no limit, or where the system does not tell
 */
public record DescriptorLimit(long descriptors) {
    private static final Logger LOG = System.getLogger("waitress");

    private static final String FILE = "self/limits";
    private static final String ROW = "Max open files";

    /** For the JVM itself, workers, listeners, spooled bodies and files on their way to clients. */
    private static final long LEAST_RESERVE = 64;

    private static final int RESERVED_PART = 8;

    public static DescriptorLimit ofThisProcess() {
        try {
            return of(Files.readAllLines(Platform.current().requireProc().resolve(FILE)));
        } catch (IOException e) {
            return new DescriptorLimit(Long.MAX_VALUE); // no Linux: accept() will tell
        }
    }

    /** A row is the name, the limit in force, the one that may be asked for, and a unit. */
    public static DescriptorLimit of(List<String> rows) {
        for (String row : rows) {
            if (row.startsWith(ROW)) {
                String[] values = row.substring(ROW.length()).trim().split("\\s+", -1);
                return new DescriptorLimit(values[0].equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(values[0]));
            }
        }
        return new DescriptorLimit(Long.MAX_VALUE);
    }

    /**
     * The connection limit of the settings, or what is left of the descriptors for connections if that is less. It is
     * said where somebody has asked for more, and where so few are left that clients wait for one another.
     */
    public int bound(Settings settings) {
        int wanted = settings.getInt(Setting.CONNECTION_LIMIT);
        long left = Math.max(1, descriptors - reserve());
        if (left < wanted && (left < LEAST_RESERVE || settings.isGiven(Setting.CONNECTION_LIMIT))) {
            LOG.log(Level.WARNING, "connection_limit is " + left + ": " + descriptors + " open files allow no more");
        }
        return (int) Math.min(wanted, left);
    }

    private long reserve() {
        return Math.max(LEAST_RESERVE, descriptors / RESERVED_PART);
    }

    /**
     * How many files may hold bodies and output of clients: what all connections would leave, or as much as is left to
     * them; and some of the reserve where there is next to nothing else.
     */
    public int files(Settings settings) {
        long shared = Math.max(0, descriptors - reserve());
        long left = Math.max(shared - settings.get(Setting.CONNECTION_LIMIT), shared / 2);
        return (int) Math.min(Integer.MAX_VALUE, Math.max(reserve() / 2, left));
    }
}
