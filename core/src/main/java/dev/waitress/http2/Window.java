package dev.waitress.http2;

/** How many bytes one side may still send, of a stream or of a connection. RFC 9113 §5.2 and §6.9. One thread. */
public final class Window {
    /** That of a connection and of every stream, until somebody says otherwise. */
    public static final int INITIAL = 65_535;

    private static final long MOST = Integer.MAX_VALUE;

    private long left;

    public Window(long left) {
        this.left = left;
    }

    /** Bytes; below zero where the other side has made a window smaller than what was sent already. */
    public long left() {
        return left;
    }

    /** Uses up some; false if that is more than there was. */
    public boolean take(long bytes) {
        left -= bytes;
        return left >= 0;
    }

    /** Opens or, by less than zero, closes it further; false if it would be larger than a window can be. */
    public boolean open(long more) {
        left += more;
        return left <= MOST;
    }
}
