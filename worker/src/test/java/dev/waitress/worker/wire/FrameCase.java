package dev.waitress.worker.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** One case of {@code wire/frames/}; each file there says what its lines mean. */
record FrameCase(String name, List<String> lines) {
    private static final Path FOLDER = Path.of(System.getProperty("waitress.root"), "wire", "frames");

    static Stream<FrameCase> read(String file) throws IOException {
        List<FrameCase> cases = new ArrayList<>();
        for (String line : Files.readAllLines(FOLDER.resolve(file))) {
            if (line.startsWith("case ")) {
                cases.add(new FrameCase(line.substring("case ".length()), new ArrayList<>()));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                cases.get(cases.size() - 1).lines.add(line);
            }
        }
        return cases.stream();
    }

    /** What is in the frame. */
    byte[] bytes() {
        return HexFormat.of().parseHex(String.join("", all("bytes")));
    }

    /** What follows each word of this kind, in order. */
    List<String> all(String word) {
        return lines.stream()
                .filter(line -> line.startsWith(word + " "))
                .map(line -> line.substring(word.length() + 1))
                .toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
