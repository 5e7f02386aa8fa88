package dev.waitress;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What the process does at signals. */
final class Signals {
    /** How many have come that mean something here. Handlers are the process' own too. */
    private static final AtomicInteger TAKEN = new AtomicInteger();

    private Signals() {}

    /** Those that end or stop a process that does not expect them; Java crashes at a USR2 that it has not sent. */
    private static final List<String> UNEXPECTED = List.of("USR1", "USR2", "TTIN", "TTOU");

    /** Does nothing at the signals of Ctrl-C, of an orderly stop, and of a terminal that closes. */
    static void ignoreTermination() {
        handle("INT", () -> {});
        handle("TERM", () -> {});
        handleIfKnown("HUP", () -> {});
        ignoreUnexpected();
    }

    /** Does nothing at signals that mean nothing here. */
    static void ignoreUnexpected() {
        UNEXPECTED.forEach(name -> handleIfKnown(name, () -> {}));
    }

    /** Runs the action at each signal of this name, where there is such a signal, and Java leaves it to us. */
    static void handleIfKnown(String name, Runnable action) {
        try {
            handle(name, action);
        } catch (IllegalStateException e) {
            // Windows has few.
        }
    }

    /** How many signals have come that were not left to Java. */
    static int taken() {
        return TAKEN.get();
    }

    /** Runs the action at each signal of this name. */
    // By reflection: javac warns of every mention of these classes, and the JDK has no others for signals.
    static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (self, method, args) -> {
                        TAKEN.incrementAndGet();
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
