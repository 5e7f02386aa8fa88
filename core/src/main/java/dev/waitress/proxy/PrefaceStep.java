package dev.waitress.proxy;

/** What {@link PrefaceParser#feed} made of the bytes that it was given. */
public sealed interface PrefaceStep {
    /** Steps that carry nothing. */
    enum Progress implements PrefaceStep {
        /** More bytes are needed; all bytes given so far were consumed. */
        NEED_MORE,
        /**
         * The preface has ended and names no client with an IP address: the proxy itself has connected (a health
         * check), or somebody on its own machine. The bytes after it are still in the buffer.
         */
        NOBODY
    }

    /**
     * The preface has ended; the bytes after it are still in the buffer.
     *
     * @param address in the form of {@code REMOTE_ADDR}
     * @param port decimal
     */
    record Client(String address, String port) implements PrefaceStep {}

    /** This is no preface: the connection must be aborted, for nobody can say where a request would begin. */
    record Malformed(String reason) implements PrefaceStep {}
}
