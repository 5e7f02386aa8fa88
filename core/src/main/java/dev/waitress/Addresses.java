package dev.waitress;

import dev.waitress.channel.Listener;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * From the settings to bound listeners: {@code host}, {@code host:port}, {@code [v6]:port}, {@code *}, a Unix socket.
 */
final class Addresses {
    private static final int MAX_PORT = 65_535;

    private Addresses() {}

    /** Binds every address, or none. */
    static List<Listener> bind(Settings settings) throws IOException {
        List<Listener> bound = new ArrayList<>();
        try {
            String path = settings.get(Setting.UNIX_SOCKET);
            if (!path.isEmpty()) {
                bound.add(Listener.bind(Path.of(path), settings));
            }
            for (InetSocketAddress address : resolve(settings)) {
                bound.add(bind(address, settings));
            }
            return bound;
        } catch (IOException | RuntimeException e) {
            bound.forEach(Listener::close);
            throw e;
        }
    }

    private static Listener bind(InetSocketAddress address, Settings settings) throws IOException {
        try {
            return Listener.bind(address, settings);
        } catch (IOException e) {
            throw (IOException) new BindException("cannot listen on "
                            + address.getAddress().getHostAddress() + ":" + address.getPort() + ": " + e.getMessage())
                    .initCause(e);
        }
    }

    /** The TCP addresses to listen on, without binding any. */
    static List<InetSocketAddress> resolve(Settings settings) {
        List<InetSocketAddress> found = new ArrayList<>();
        Set<InetSocketAddress> seen = new LinkedHashSet<>();
        for (String entry : settings.addresses()) {
            for (InetSocketAddress address : resolve(entry, settings)) {
                // Port 0 may repeat: each takes a port of its own.
                if (address.getPort() == 0 || seen.add(address)) {
                    found.add(address);
                }
            }
        }
        return found;
    }

    private static List<InetSocketAddress> resolve(String entry, Settings settings) {
        int colon = entry.lastIndexOf(':');
        boolean hasPort = colon >= 0 && entry.indexOf(']', colon) < 0;
        String host = hasPort ? entry.substring(0, colon) : entry;
        int port = hasPort ? port(entry.substring(colon + 1), entry) : Math.toIntExact(Setting.PORT.defaultValue());
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        List<InetSocketAddress> addresses = hosts(host, entry)
                .filter(address -> settings.get(address instanceof Inet4Address ? Setting.IPV4 : Setting.IPV6))
                .map(address -> new InetSocketAddress(address, port))
                .toList();
        if (addresses.isEmpty()) {
            throw invalid(entry);
        }
        return addresses;
    }

    private static int port(String text, String entry) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            // refused below, with every other bad port
        }
        throw invalid(entry);
    }

    private static Stream<InetAddress> hosts(String host, String entry) {
        if (host.isEmpty() || host.chars().allMatch(Character::isDigit)) {
            throw invalid(entry); // a port alone is not an address
        }
        try {
            return host.equals("*")
                    ? Stream.of(InetAddress.getByName("0.0.0.0"), InetAddress.getByName("::"))
                    : Stream.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            throw invalid(entry);
        }
    }

    private static SettingsException invalid(String entry) {
        return new SettingsException("Invalid host/port specified: '" + entry + "'");
    }
}
