package dev.waitress;

import dev.waitress.buffer.PrivateDirectory;

/**
 * Whoever has started this process as a service, and wants to hear how it gets on: systemd, by sd_notify(3). Event loop
 * only.
 */
public interface ServiceManager {
    /** Nobody wants to hear anything. */
    ServiceManager NONE = new ServiceManager() {
        @Override
        public boolean isThere() {
            return false;
        }

        @Override
        public long watchdogNanos() {
            return 0;
        }

        @Override
        public void tell(String message, PrivateDirectory directory) {}

        @Override
        public void close() {}
    };

    /** Whether there is anybody. */
    boolean isThere();

    /** Within which time it wants to hear, again and again, that the event loop turns; 0 if it does not. */
    long watchdogNanos();

    /**
     * Tells it something.
     *
     * @param message lines such as {@code READY=1}
     * @param directory where files may lie that are needed for that
     */
    void tell(String message, PrivateDirectory directory);

    /** Waits, on any thread, until all has been told. */
    void close();
}
