package dev.waitress.http1;

import dev.waitress.wire.WireCorpus;
import java.util.Arrays;
import java.util.stream.Stream;

/** Where the fuzzer starts: the cases of wire/, but those that are long only to reach a limit. */
final class Seeds {
    private static final int MOST_BYTES = 1024;
    private static final String CHUNKED_HEAD_END = "Transfer-Encoding: chunked\r\n\r\n";

    private Seeds() {}

    static Stream<byte[]> requests() {
        return WireCorpus.inputs().filter(input -> input.length <= MOST_BYTES);
    }

    /** What follows the heads of chunked requests. */
    static Stream<byte[]> chunkedBodies() {
        return requests().flatMap(input -> {
            int end = Reading.text(input, 0, input.length).indexOf(CHUNKED_HEAD_END);
            return end < 0
                    ? Stream.of()
                    : Stream.of(Arrays.copyOfRange(input, end + CHUNKED_HEAD_END.length(), input.length));
        });
    }
}
