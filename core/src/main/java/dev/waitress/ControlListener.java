package dev.waitress;

import dev.waitress.control.ControlGateway;
import dev.waitress.control.Front;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Operations;
import dev.waitress.loop.Clock;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/** The Unix socket by which operators reach the server: for its own user alone. */
final class ControlListener {
    private static final int OWN_USER_ONLY = 0600;

    private ControlListener() {}

    /**
     * Answers from now on, where the settings say so; null if they do not.
     *
     * @throws IOException naming the socket that cannot be had
     * @throws SettingsException if others could use it too
     */
    static @Nullable SideListener open(Settings settings, Front front, Operations operations, Engine engine)
            throws IOException {
        String path = settings.get(Setting.CONTROL_SOCKET);
        if (path.isEmpty()) {
            return null;
        }
        requirePrivacy(path);
        Settings own = ownSettings(settings);
        Clock clock = Clock.SYSTEM;
        long sinceNanos = clock.nanos();
        Gateway gateway = new ControlGateway(
                front, operations, engine.loop()::execute, ForkJoinPool.commonPool(), () -> clock.nanos() - sinceNanos);
        SideListener opened = SideListener.open(own, gateway, engine.loop(), engine.directory());
        engine.loop().leftovers().add(() -> opened.listeners().forEach(listener -> listener.close()));
        return opened;
    }

    /**
     * Fails as {@link #open} would where no socket can be made.
     *
     * @throws IOException naming the socket that could not be had
     * @throws SettingsException if others could use it too
     */
    static void check(Settings settings) throws IOException {
        String path = settings.get(Setting.CONTROL_SOCKET);
        if (!path.isEmpty()) {
            requirePrivacy(path);
            Listeners.check(ownSettings(settings));
        }
    }

    private static Settings ownSettings(Settings settings) {
        return SideListener.ownSettings(settings)
                .with(Setting.UNIX_SOCKET, settings.get(Setting.CONTROL_SOCKET))
                .with(Setting.UNIX_SOCKET_PERMS, OWN_USER_ONLY);
    }

    /** A file's mode must say who may connect, as it does on no Windows. */
    private static void requirePrivacy(String path) throws IOException {
        Path folder = Path.of(path).toAbsolutePath().getParent();
        if (folder != null
                && Files.isDirectory(folder)
                && !Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            throw new SettingsException("control_socket: files have no mode here that keeps other users from it");
        }
    }
}
