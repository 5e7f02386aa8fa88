package dev.waitress;

import dev.waitress.buffer.FileFailure;
import dev.waitress.loop.Leftovers;
import dev.waitress.net.Binder;
import dev.waitress.net.Listener;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens all that the settings say to listen on: TCP addresses, a Unix socket, sockets that others have opened. */
final class Listeners {
    /** Opens one listener. */
    private interface Opening {
        Listener open() throws IOException;
    }

    private final Settings settings;
    private final Binder binder;
    private final List<Listener> opened = new ArrayList<>();

    private Listeners(Settings settings) {
        this.settings = settings;
        this.binder = new Binder(settings);
    }

    /**
     * Opens all, or none.
     *
     * @throws IOException naming the address that cannot be had
     */
    static List<Listener> open(Settings settings) throws IOException {
        Listeners listeners = new Listeners(settings);
        try {
            listeners.openAll();
            return listeners.opened;
        } catch (IOException | RuntimeException e) {
            listeners.opened.forEach(Listener::close);
            throw e;
        }
    }

    /**
     * The same for a server; with the file that tells who listens.
     *
     * @param leftovers where both go, if the process ends in no good order
     */
    static List<Listener> open(Settings settings, PidFile pidFile, Leftovers leftovers) throws IOException {
        return leftovers.during(() -> {
            List<Listener> listeners = open(settings);
            leftovers.add(() -> listeners.forEach(Listener::close));
            try {
                pidFile.write();
            } catch (IOException e) {
                listeners.forEach(Listener::close);
                throw e;
            }
            leftovers.add(pidFile::remove);
            return listeners;
        });
    }

    /** The URLs of all. */
    static List<String> urls(List<Listener> listeners) {
        return listeners.stream().flatMap(listener -> listener.urls().stream()).toList();
    }

    /**
     * Fails as {@link #open(Settings)} would where an address is none, or no socket can be made; takes none.
     *
     * @throws IOException naming the address that could not be had
     */
    static void check(Settings settings) throws IOException {
        Addresses.resolve(settings);
        Addresses.resolve(settings.get(Setting.HTTP_LISTEN), settings);
        String path = settings.get(Setting.UNIX_SOCKET);
        if (!path.isEmpty()) {
            try {
                Binder.check(Path.of(path));
            } catch (IOException e) {
                throw cannotListen(UnixDomainSocketAddress.of(path), e);
            }
        }
    }

    private void openAll() throws IOException {
        for (ServerSocketChannel socket : settings.get(Setting.SOCKETS)) {
            opened.add(binder.adopt(socket));
        }
        String path = settings.get(Setting.UNIX_SOCKET);
        if (!path.isEmpty()) {
            open(UnixDomainSocketAddress.of(path), () -> binder.bind(Path.of(path)));
        }
        if (Addresses.includeStandardInput(settings)) {
            opened.add(binder.adoptStandardInput());
        }
        openAll(Addresses.resolve(settings), binder);
        openAll(Addresses.resolve(settings.get(Setting.HTTP_LISTEN), settings), Binder.plain(settings));
    }

    private void openAll(List<InetSocketAddress> found, Binder by) throws IOException {
        List<InetSocketAddress> addresses = new ArrayList<>(found);
        while (!addresses.isEmpty()) {
            InetSocketAddress next = addresses.remove(0);
            InetSocketAddress counterpart = Addresses.counterpart(next);
            if (counterpart != null && addresses.remove(counterpart)) {
                openBothFamilies(next, counterpart, by);
            } else {
                open(next, () -> by.bind(next));
            }
        }
    }

    private void openBothFamilies(InetSocketAddress first, InetSocketAddress second, Binder by) throws IOException {
        boolean ipv4First = first.getAddress() instanceof Inet4Address;
        open(first, () -> ipv4First ? by.bindBothFamilies(first, second) : by.bindBothFamilies(second, first));
    }

    private void open(SocketAddress address, Opening opening) throws IOException {
        try {
            opened.add(opening.open());
        } catch (IOException e) {
            throw cannotListen(address, e);
        }
    }

    private static IOException cannotListen(SocketAddress address, IOException reason) {
        String message = "cannot listen on " + Listener.text(address) + ": " + FileFailure.reason(reason);
        return (IOException) new BindException(message).initCause(reason);
    }
}
