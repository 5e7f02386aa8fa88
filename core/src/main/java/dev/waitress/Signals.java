package dev.waitress;

import java.io.File;
import java.lang.reflect.Proxy;

/** What the process does at signals. */
final class Signals {
    private Signals() {}

    /** Does nothing at the signals of Ctrl-C, of an orderly stop, and of a terminal that closes. */
    static void ignoreTermination() {
        handle("INT", () -> {});
        handle("TERM", () -> {});
        if (File.separatorChar == '/') {
            handle("HUP", () -> {}); // Windows has none
        }
    }

    /** Runs the action at each SIGUSR1, where there is such a signal. */
    static void onReopen(Runnable action) {
        try {
            handle("USR1", action);
        } catch (IllegalStateException e) {
            // Windows has none.
        }
    }

    /** Runs the action at each signal of this name. */
    // By reflection: javac warns of every mention of these classes, and the JDK has no others for signals.
    static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (self, method, args) -> {
                        action.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot handle signal " + name, e);
        }
    }
}
