package dev.waitress;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Another user for the server. Java cannot become one, so the command does it before Java starts, and opens as root the
 * one socket that Java can inherit; what it has to do it asks for here.
 */
public final class Rights {
    static final String TOO_LATE = "Java cannot become another user; let root start the command waitress-serve";

    private Rights() {}

    /**
     * Refuses a user where it is too late for that.
     *
     * @param reason what else to do
     * @throws SettingsException if one is wanted
     */
    public static void refuse(Settings settings, String reason) {
        for (Setting<String> setting : List.of(Setting.USER, Setting.GROUP)) {
            if (!settings.get(setting).isEmpty()) {
                throw new SettingsException(setting.name() + ": " + reason);
            }
        }
    }

    /**
     * What is to be done as root, a line for each: {@code user NAME}, perhaps {@code group NAME}, and the socket to
     * open. Nothing if no other user is wanted.
     *
     * @param listens whether there is to be a socket
     * @throws SettingsException if Java could not take over all that would be opened
     */
    public static List<String> plan(Settings settings, boolean listens) {
        String user = settings.get(Setting.USER);
        String group = settings.get(Setting.GROUP);
        if (user.isEmpty()) {
            refuse(settings, "the rights of root go with a user only: give --user too");
            return List.of();
        }
        List<String> plan = new ArrayList<>();
        plan.add("user " + user);
        if (!group.isEmpty()) {
            plan.add("group " + group);
        }
        if (listens) {
            plan.add("backlog " + settings.get(Setting.BACKLOG));
            plan.add("share " + (settings.get(Setting.REUSE_PORT) ? 1 : 0));
            plan.add(onlySocket(settings));
        }
        return plan;
    }

    private static String onlySocket(Settings settings) {
        List<String> sockets = new ArrayList<>();
        String path = settings.get(Setting.UNIX_SOCKET);
        if (!path.isEmpty()) {
            sockets.add("unix " + Integer.toOctalString(settings.get(Setting.UNIX_SOCKET_PERMS)) + " " + path);
        }
        if (Addresses.includeStandardInput(settings)) {
            sockets.add("stdin");
        }
        List<InetSocketAddress> addresses = new ArrayList<>(Addresses.resolve(settings));
        while (!addresses.isEmpty()) {
            InetSocketAddress next = addresses.remove(0);
            InetSocketAddress counterpart = Addresses.counterpart(next);
            boolean isOfBoth = counterpart != null && addresses.remove(counterpart);
            sockets.add(isOfBoth ? "both :: " + next.getPort() : tcp(next));
        }
        if (sockets.size() != 1) {
            throw new SettingsException("user: Java can take over one socket that root has opened, and these are "
                    + sockets.size() + ": " + String.join(", ", sockets));
        }
        return sockets.get(0);
    }

    private static String tcp(InetSocketAddress address) {
        String family = address.getAddress() instanceof Inet4Address ? "inet" : "inet6";
        return family + " " + address.getAddress().getHostAddress() + " " + address.getPort();
    }
}
