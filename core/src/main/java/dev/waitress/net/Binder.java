package dev.waitress.net;

import dev.waitress.exchange.ServerEnd;
import dev.waitress.platform.Platform;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens listening sockets. A failure leaves nothing open, and is an {@link IOException} that does not name the address.
 */
public final class Binder {
    private static final Logger LOG = System.getLogger("waitress");

    private final Settings settings;
    private final int backlog;
    private final boolean encrypts;

    /** For addresses that encrypt, if the settings want that. */
    public Binder(Settings settings) {
        this(settings, settings.isEncrypting());
    }

    private Binder(Settings settings, boolean encrypts) {
        this.encrypts = encrypts;
        this.settings = settings;
        this.backlog = settings.getInt(Setting.BACKLOG);
    }

    /** For addresses that do not encrypt. */
    public static Binder plain(Settings settings) {
        return new Binder(settings, false);
    }

    /** Whether this machine has IPv6 at all. */
    public static boolean hasIpv6() {
        try {
            ServerSocketChannel.open(StandardProtocolFamily.INET6).close();
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Listens on a TCP address, for its own family only. */
    public Listener bind(InetSocketAddress wanted) throws IOException {
        boolean ipv6 = wanted.getAddress() instanceof Inet6Address;
        ServerSocketChannel socket = bind(wanted, ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
        // The JDK opens IPv6 sockets for IPv4 clients too, and has no option for it: those are turned away.
        return Listener.of(socket, List.of(socket.getLocalAddress()), !ipv6, endAt(socket.getLocalAddress()));
    }

    /** Listens on every address of both families with one socket, because two would be in each other's way. */
    public Listener bindBothFamilies(InetSocketAddress ipv4, InetSocketAddress ipv6) throws IOException {
        ServerSocketChannel socket = bind(ipv6, StandardProtocolFamily.INET6);
        return Listener.of(socket, List.of(ipv4, ipv6), true, endAt(ipv6));
    }

    private ServerSocketChannel bind(InetSocketAddress wanted, ProtocolFamily family) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open(family);
        try {
            // So that a restart need not wait for connections of the server before.
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (settings.get(Setting.REUSE_PORT)) {
                sharePort(socket);
            }
            return socket.bind(wanted, backlog);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static void sharePort(ServerSocketChannel socket) throws IOException {
        Platform platform = Platform.current();
        if (!platform.canSharePorts() || !socket.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
            throw new SettingsException("reuse_port: this platform cannot share a port");
        }
        if (!platform.balancesSharedPorts()) {
            LOG.log(Level.WARNING, "reuse_port: here one of the servers on a port gets all new connections");
        }
        socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    }

    /** Fails where {@link #bind(Path)} would, unless that is for a live server's sake. */
    public static void check(Path path) throws IOException {
        UnixSocketFile.check(path);
    }

    /** Listens on a Unix socket with the mode of the settings. */
    public Listener bind(Path path) throws IOException {
        ServerSocketChannel socket;
        try {
            socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        } catch (UnsupportedOperationException e) {
            throw new IOException("this platform has no Unix sockets", e);
        }
        try {
            SocketAddress address = UnixDomainSocketAddress.of(path);
            UnixSocketFile file = UnixSocketFile.bind(socket, path, backlog, settings.get(Setting.UNIX_SOCKET_PERMS));
            return Listener.of(socket, file, address, endAt(address));
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Listens on a socket that somebody else has bound, and closes it in the end; its file stays. */
    public Listener adopt(ServerSocketChannel socket) throws IOException {
        SocketAddress address = socket.getLocalAddress();
        if (socket.equals(System.inheritedChannel())) {
            return adoptInherited(socket, address);
        }
        return Listener.of(socket, List.of(address), true, endAt(address));
    }

    private Listener adoptInherited(ServerSocketChannel socket, @Nullable SocketAddress address) throws IOException {
        if (address == null) {
            throw notListening();
        }
        try {
            // With it the JDK would close standard output and error, and what is logged at the end would be lost.
            return Listener.lent(socket, address, endAt(address));
        } catch (IOException e) {
            throw notListening();
        }
    }

    private static SettingsException notListening() {
        return new SettingsException("listen: standard input is not a listening socket");
    }

    /**
     * Listens on the socket that this process was given as its standard input.
     *
     * @throws SettingsException if it is none
     */
    public Listener adoptStandardInput() throws IOException {
        Channel inherited = System.inheritedChannel();
        if (inherited instanceof ServerSocketChannel socket) {
            return adopt(socket);
        }
        throw notListening();
    }

    private ServerEnd endAt(SocketAddress address) {
        String scheme = settings.get(Setting.URL_SCHEME);
        if (address instanceof InetSocketAddress inet) {
            if (encrypts) {
                return ServerEnd.encrypted(String.valueOf(inet.getPort()), settings.get(Setting.HSTS));
            }
            return new ServerEnd(scheme, String.valueOf(inet.getPort()));
        }
        // A Unix socket has no port: that of the scheme, as clients of the server before it see it.
        return new ServerEnd(scheme, scheme.equals("https") ? "443" : "80");
    }
}
