package dev.waitress.exchange;

import dev.waitress.http.Ascii;

/**
 * How the server names itself to clients.
 *
 * @param ident the setting; empty for none
 * @param exposeTracebacks whether a failed application's traceback is shown to the client
 */
public record Identity(String ident, boolean exposeTracebacks) {
    /** A whole Server field, or nothing. */
    byte[] serverField() {
        return ident.isEmpty() ? new byte[0] : Ascii.bytes("Server: " + ident + "\r\n");
    }

    /** The name under the body of an error answer. */
    String signature() {
        return ident.isEmpty() ? "server" : ident;
    }
}
