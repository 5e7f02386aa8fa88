package dev.waitress;

import java.io.File;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/** The signals that end the process in good order. */
final class Signals {
    private static final int EXIT_NOW = 130;

    private Signals() {}

    /** Runs the action at the first SIGINT or SIGTERM; a second one ends the process at once. */
    static void onTermination(Runnable action) {
        AtomicBoolean received = new AtomicBoolean();
        Runnable once = () -> {
            if (received.getAndSet(true)) {
                Runtime.getRuntime().halt(EXIT_NOW);
            }
            action.run();
        };
        handle("INT", once);
        handle("TERM", once);
    }

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

    // By reflection: javac warns of every mention of these classes, and the JDK has no others for signals.
    private static void handle(String name, Runnable action) {
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
