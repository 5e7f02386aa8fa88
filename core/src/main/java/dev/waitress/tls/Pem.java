package dev.waitress.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The textual form of certificates and keys, RFC 7468; with the header lines of RFC 1421, which old keys have. */
final class Pem {
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    /**
     * What lies between two such lines.
     *
     * @param label for example {@code CERTIFICATE}
     * @param headers by name
     * @param bytes decoded
     * @param line number of its first line, from 1
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Block(String label, Map<String, String> headers, byte[] bytes, int line) {}

    private final List<Block> blocks = new ArrayList<>();
    private String label = "";
    private int beginLine;
    private final StringBuilder base64 = new StringBuilder();
    private Map<String, String> headers = new HashMap<>();

    private Pem() {}

    /**
     * All blocks of a file; what stands around them, such as a certificate in words, does not count.
     *
     * @throws TlsException naming the line that makes no sense
     */
    static List<Block> read(byte[] file) throws TlsException {
        Pem pem = new Pem();
        int number = 0;
        for (String line : new String(file, StandardCharsets.ISO_8859_1).split("\\R", -1)) {
            pem.line(line.strip(), ++number);
        }
        if (!pem.label.isEmpty()) {
            throw new TlsException(
                    "line " + pem.beginLine + ": " + BEGIN + pem.label + DASHES + " has no end: the file is cut off");
        }
        return pem.blocks;
    }

    private void line(String line, int number) throws TlsException {
        if (line.startsWith(BEGIN) && line.endsWith(DASHES)) {
            if (!label.isEmpty()) {
                throw new TlsException("line " + number + ": " + line + " before the end of " + label);
            }
            label = line.substring(BEGIN.length(), line.length() - DASHES.length());
            beginLine = number;
            base64.setLength(0);
            headers = new HashMap<>();
        } else if (label.isEmpty()) {
            return;
        } else if (line.startsWith(END)) {
            end(line, number);
        } else if (line.contains(":")) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        } else {
            base64.append(line);
        }
    }

    private void end(String line, int number) throws TlsException {
        if (!line.equals(END + label + DASHES)) {
            throw new TlsException("line " + number + ": " + line + " does not end " + label);
        }
        try {
            blocks.add(new Block(label, headers, Base64.getDecoder().decode(base64.toString()), beginLine));
        } catch (IllegalArgumentException e) {
            throw new TlsException("line " + beginLine + ": " + label + " is not base64: the file is damaged");
        }
        label = "";
    }
}
