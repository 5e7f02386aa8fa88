package dev.waitress.exchange;

import dev.waitress.http.Ascii;

/** How the server names itself to clients, and how much it tells them of failures. */
public final class ServerName {
    private final String ident;
    private final boolean exposeTracebacks;
    private final byte[] field;

    /**
     * A name.
     *
     * @param ident the setting; empty for none
     * @param exposeTracebacks whether a failed application's traceback is shown to the client
     */
    public ServerName(String ident, boolean exposeTracebacks) {
        this.ident = ident;
        this.exposeTracebacks = exposeTracebacks;
        this.field = ident.isEmpty() ? new byte[0] : Ascii.bytes("Server: " + ident + "\r\n");
    }

    /** A whole Server field, or nothing. */
    public byte[] serverField() {
        return field;
    }

    boolean exposeTracebacks() {
        return exposeTracebacks;
    }

    /** The name under the body of an error answer. */
    String signature() {
        return ident.isEmpty() ? "server" : ident;
    }
}
