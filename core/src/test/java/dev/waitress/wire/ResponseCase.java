package dev.waitress.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One file of wire/responses: what an application says, and what its client gets. wire/README.md explains the form.
 *
 * @param name that of the file
 * @param method of the request
 * @param version of the request, such as HTTP/1.1
 * @param fields of the request, besides Host
 * @param steps what the application says
 * @param answer what the client gets
 * @param isKept whether the connection is kept
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ResponseCase(
        String name,
        String method,
        String version,
        List<String> fields,
        List<Step> steps,
        byte[] answer,
        boolean isKept) {
    /** Stands for any date. */
    static final String DATE = "Date: Thu, 01 Jan 1970 00:00:00 GMT";

    private static final Pattern REQUEST = Pattern.compile("(GET|HEAD) HTTP/1\\.[01]");

    /** One thing that the application says. */
    record Step(String name, String value) {
        private static Step parse(String line) {
            int equals = line.indexOf('=');
            return equals < 0 ? new Step(line, "") : new Step(line.substring(0, equals), line.substring(equals + 1));
        }

        byte[] bytes() {
            return value.getBytes(ISO_8859_1);
        }
    }

    static ResponseCase parse(String name, List<String> lines) {
        List<List<String>> parts = parts(lines);
        if (parts.size() != 4
                || parts.get(0).size() < 2
                || !WireCase.RULE.matcher(lines.get(0)).matches()) {
            throw new IllegalArgumentException(name + ": not a rule, a request, an application, an answer and an end");
        }
        List<String> request = parts.get(0).subList(1, parts.get(0).size());
        String end = String.join("\n", parts.get(3));
        if (!REQUEST.matcher(request.get(0)).matches() || !end.matches("keep|close after")) {
            throw new IllegalArgumentException(name + ": unknown request or end");
        }
        String[] line = request.get(0).split(" ", -1);
        return new ResponseCase(
                name,
                line[0],
                line[1],
                request.subList(1, request.size()),
                parts.get(1).stream().map(Step::parse).toList(),
                bytes(parts.get(2)),
                end.equals("keep"));
    }

    private static List<List<String>> parts(List<String> lines) {
        List<List<String>> parts = new ArrayList<>(List.of(new ArrayList<>()));
        for (String line : lines) {
            if (line.equals("--")) {
                parts.add(new ArrayList<>());
            } else {
                parts.get(parts.size() - 1).add(line);
            }
        }
        return parts;
    }

    private static byte[] bytes(List<String> lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        lines.forEach(line -> bytes.writeBytes(Notation.decode(line)));
        return bytes.toByteArray();
    }

    /** What the client sends; the application is told the name. */
    byte[] request() {
        StringBuilder request = new StringBuilder(method + " /?" + name + " " + version + "\r\nHost: a\r\n");
        fields.forEach(field -> request.append(field).append("\r\n"));
        return request.append("\r\n").toString().getBytes(ISO_8859_1);
    }

    @Override
    public String toString() {
        return name;
    }
}
