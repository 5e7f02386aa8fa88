package dev.waitress.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case of wire/ against the parser alone, however its bytes are cut. {@code WireCorpusIT} has the sockets. One
 * test for each folder: with one for each case a mutation run would take hours.
 */
class WireCorpusTest {
    /** From here on a case is not cut everywhere, but at as many places: line ends first, then a seeded choice. */
    private static final int MOST_CUTS = 2000;

    private static final int LEAST_CASES = 320;

    static Stream<String> folders() {
        return WireCorpus.folders();
    }

    private static List<Outcome> transcript(WireCase wire, List<byte[]> pieces) {
        return Transcript.of(wire.settings(), pieces);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("folders")
    void inOnePieceEndsAsTheCaseSays(String folder) {
        assertThat(WireCorpus.cases(folder)).allSatisfy(wire -> {
            List<Outcome> outcomes = transcript(wire, List.of(wire.input()));
            assertThat(Outcome.inTheWordsOf(wire.expected(), outcomes)).isEqualTo(wire.expected());
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("folders")
    void byteByByteEndsTheSame(String folder) {
        assertThat(WireCorpus.cases(folder)).allSatisfy(wire -> {
            List<byte[]> bytes = new ArrayList<>();
            for (byte b : wire.input()) {
                bytes.add(new byte[] {b});
            }
            assertThat(transcript(wire, bytes)).isEqualTo(transcript(wire, List.of(wire.input())));
        });
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}")
    @MethodSource("folders")
    void inTwoPiecesEndsTheSame(String folder) {
        assertThat(WireCorpus.cases(folder)).allSatisfy(wire -> {
            byte[] input = wire.input();
            List<Outcome> whole = transcript(wire, List.of(input));
            cuts(input)
                    .forEach(at -> assertThat(transcript(wire, cut(input, at)))
                            .as("cut at %d", at)
                            .isEqualTo(whole));
        });
    }

    private static List<byte[]> cut(byte[] input, int at) {
        return List.of(Arrays.copyOf(input, at), Arrays.copyOfRange(input, at, input.length));
    }

    private static IntStream cuts(byte[] input) {
        if (input.length < MOST_CUTS) {
            return IntStream.rangeClosed(0, input.length);
        }
        int budget = Math.max(20, MOST_CUTS * 1000 / input.length);
        IntStream lineEnds = IntStream.range(0, input.length)
                .filter(i -> input[i] == '\r' || input[i] == '\n')
                .flatMap(i -> IntStream.of(i, i + 1))
                .limit(budget);
        return IntStream.concat(lineEnds, new SplittableRandom(input.length).ints(budget, 0, input.length));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("folders")
    void withARequestBehindItAnswersThatOnlyIfTheConnectionLivesOn(String folder) {
        byte[] next = WireCorpus.FOLLOW_UP.input();
        assertThat(WireCorpus.cases(folder).filter(wire -> !wire.isIncomplete()))
                .allSatisfy(wire -> {
                    byte[] both = Arrays.copyOf(wire.input(), wire.input().length + next.length);
                    System.arraycopy(next, 0, both, wire.input().length, next.length);
                    List<Outcome> expected = wire.expectedBefore(WireCorpus.FOLLOW_UP);
                    for (List<byte[]> pieces : List.of(List.of(both), List.of(wire.input(), next))) {
                        assertThat(Outcome.inTheWordsOf(expected, transcript(wire, pieces)))
                                .isEqualTo(expected);
                    }
                });
    }

    @Test
    void hasCasesInEveryFolder() {
        assertThat(WireCorpus.folders())
                .allSatisfy(folder -> assertThat(WireCorpus.cases(folder)).isNotEmpty());
        assertThat(WireCorpus.cases()).hasSizeGreaterThanOrEqualTo(LEAST_CASES);
    }

    @Test
    void showsEveryReasonForWhichTheParserRefuses() {
        Set<Rule> outsideTheParser = EnumSet.of(
                Rule.PROXY_HEADER,
                Rule.NOT_ENCRYPTED,
                Rule.BODY_NOT_STORED,
                Rule.NO_MEMORY,
                Rule.HEAD_TOO_SLOW,
                Rule.BODY_TOO_SLOW);
        List<String> ends = WireCorpus.cases()
                .map(wire -> wire.expected().get(wire.expected().size() - 1).line())
                .toList();
        assertThat(EnumSet.complementOf(EnumSet.copyOf(outsideTheParser)))
                .allSatisfy(rule -> assertThat(ends)
                        .anyMatch(end -> end.startsWith("rejected "
                                + rule.status().code() + " \"" + (rule.text("\0") + '"').replaceAll("\0.*", ""))));
    }
}
