package dev.waitress.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** All cases of wire/. */
public final class WireCorpus {
    /** An ordinary request, to be sent behind a case: who answers it has not lost its place in the stream. */
    static final WireCase FOLLOW_UP = WireCase.parse(
            "follow-up",
            List.of(
                    "# rule: RFC 9112 §9.3 (the next request of a connection that lives on)",
                    "GET /follow-up HTTP/1.1\\r\\n",
                    "Host: follow-up\\r\\n",
                    "\\r\\n",
                    "--",
                    "head GET /follow-up",
                    "HTTP_HOST \"follow-up\"",
                    "no CONTENT_LENGTH",
                    "body \"\"",
                    "keep"));

    private static final Path FOLDER = Path.of(System.getProperty("waitress.root"), "wire");
    private static final String SUFFIX = ".wire";

    /** Cases of another form: what an application says. */
    private static final String RESPONSES = "responses";

    /** Others: what workers say, and are told. */
    private static final String FRAMES = "frames";

    private WireCorpus() {}

    /** What the clients send. */
    public static Stream<byte[]> inputs() {
        return cases().map(WireCase::input);
    }

    static Stream<WireCase> cases() {
        return folders().flatMap(WireCorpus::cases);
    }

    static Stream<WireCase> cases(String folder) {
        return list(FOLDER.resolve(folder)).map(WireCorpus::read);
    }

    static Stream<String> folders() {
        return list(FOLDER)
                .filter(Files::isDirectory)
                .map(folder -> String.valueOf(folder.getFileName()))
                .filter(folder -> !folder.equals(RESPONSES) && !folder.equals(FRAMES));
    }

    static Stream<ResponseCase> responses() {
        return list(FOLDER.resolve(RESPONSES)).map(file -> ResponseCase.parse(nameOf(file), lines(file)));
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName()).replace(SUFFIX, "");
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(String.valueOf(file), e);
        }
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static WireCase read(Path file) {
        String name = FOLDER.relativize(file).toString();
        if (!name.matches("[a-z0-9.-]+/[A-Za-z0-9.-]+" + SUFFIX)) {
            throw new IllegalArgumentException("wire/" + name + ": not FOLDER/NAME" + SUFFIX);
        }
        return WireCase.parse(name, lines(file));
    }
}
