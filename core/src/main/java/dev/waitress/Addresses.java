package dev.waitress;

import dev.waitress.net.Binder;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which TCP addresses entries like {@code host}, {@code host:port}, {@code [v6]:port} and {@code *} stand for. */
final class Addresses {
    private static final String STANDARD_INPUT = "stdin";
    private static final int MAX_PORT = 65_535;

    private Addresses() {}

    static boolean includeStandardInput(Settings settings) {
        return settings.addresses().contains(STANDARD_INPUT);
    }

    /**
     * The addresses of all entries, each once.
     *
     * @throws SettingsException naming the entry that stands for none
     */
    static List<InetSocketAddress> resolve(Settings settings) {
        return resolve(settings.addresses(), settings);
    }

    /**
     * The same of other entries than those of the settings.
     *
     * @throws SettingsException naming the entry that stands for none
     */
    static List<InetSocketAddress> resolve(List<String> entries, Settings settings) {
        boolean hasIpv6 = Binder.hasIpv6();
        if (!settings.get(Setting.IPV4) && !hasIpv6) {
            throw new SettingsException("IPv4 is disabled but IPv6 is not available. Cowardly refusing to start.");
        }
        List<InetSocketAddress> found = new ArrayList<>();
        Set<InetSocketAddress> seen = new HashSet<>();
        for (String entry : entries) {
            if (!entry.equals(STANDARD_INPUT)) {
                resolve(entry, settings.get(Setting.IPV4), settings.get(Setting.IPV6) && hasIpv6).stream()
                        // Port 0 may repeat: each takes a port of its own.
                        .filter(address -> address.getPort() == 0 || seen.add(address))
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static List<InetSocketAddress> resolve(String entry, boolean ipv4, boolean ipv6) {
        int colon = entry.lastIndexOf(':');
        boolean hasPort = colon >= 0 && entry.indexOf(']', colon) < 0;
        String host = hasPort ? entry.substring(0, colon) : entry;
        int port = hasPort ? port(entry.substring(colon + 1), entry) : Math.toIntExact(Setting.PORT.defaultValue());
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        List<InetSocketAddress> addresses = hosts(host, entry)
                .filter(address -> address instanceof Inet4Address ? ipv4 : ipv6)
                .map(address -> new InetSocketAddress(address, port))
                .toList();
        if (addresses.isEmpty()) {
            throw invalid(entry);
        }
        return addresses;
    }

    private static int port(String text, String entry) {
        boolean isNumber = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(Addresses::isDigit);
        int port = isNumber ? Integer.parseInt(text) : ServiceNames.port(text);
        if (port < 0 || port > MAX_PORT) {
            throw invalid(entry);
        }
        return port;
    }

    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }

    private static Stream<InetAddress> hosts(String host, String entry) {
        if (host.isEmpty() || host.chars().allMatch(Addresses::isDigit)) {
            throw new SettingsException(
                    "Invalid host/port specified: '" + entry + "' has no host" + AddressHint.question(entry));
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
        return new SettingsException("Invalid host/port specified: '" + entry + "'" + AddressHint.question(entry));
    }

    /** The same port on every address of the other family; null if this address is not every one of its own. */
    static @Nullable InetSocketAddress counterpart(InetSocketAddress address) {
        if (!address.getAddress().isAnyLocalAddress() || address.getPort() == 0) {
            return null;
        }
        return new InetSocketAddress(
                address.getAddress() instanceof Inet4Address ? "::" : "0.0.0.0", address.getPort());
    }
}
