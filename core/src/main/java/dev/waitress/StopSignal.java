package dev.waitress;

import java.io.Console;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A signal that ends the process in good order. */
enum StopSignal {
    INT(2),
    TERM(15);

    private final int number;

    StopSignal(int number) {
        this.number = number;
    }

    /**
     * Runs {@code first} at the first of them; at the second {@code last}, and then the process ends at once.
     *
     * @param hurry what is to be hurried up before; false if there is nothing
     */
    static void onTermination(Consumer<StopSignal> first, BooleanSupplier hurry, Runnable last) {
        AtomicBoolean received = new AtomicBoolean();
        for (StopSignal signal : values()) {
            Signals.handle(signal.name(), () -> {
                if (!received.getAndSet(true)) {
                    first.accept(signal);
                } else if (!hurry.getAsBoolean()) {
                    last.run();
                    // As a shell shows a process that the signal has killed.
                    Runtime.getRuntime().halt(128 + signal.number);
                }
            });
        }
    }

    /** Whether somebody at a terminal has sent it: by Ctrl-C. */
    @SuppressWarnings("SystemConsoleNull") // before Java 22 it tells; later isTerminal does
    boolean isFromTerminal() {
        Console console = System.console();
        return this == INT && console != null && isTerminal(console);
    }

    /** Since Java 22 there may be a console without a terminal, and a method that tells. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
