package dev.waitress.tls;

/** A file that cannot be used for encryption; the message says why, and what helps. */
public final class TlsException extends Exception {
    private static final long serialVersionUID = 1L;

    TlsException(String message) {
        super(message);
    }
}
