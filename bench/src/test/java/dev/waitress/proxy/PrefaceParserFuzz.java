package dev.waitress.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waitress.http1.FuzzedWhereJazzerRuns;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes give a client, nobody, or one refusal, never an exception; the same however they are cut; nothing beyond
 * the end is read. A client that is named is named alike by the plainest line.
 */
@FuzzedWhereJazzerRuns
class PrefaceParserFuzz {
    private static final int MOST_BYTES = 4096;

    /** @param read bytes that were used up */
    private record Outcome(PrefaceStep step, int read) {}

    static Stream<byte[]> seeds() {
        return Prefaces.each();
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsAnyBytes(byte[] input) {
        Outcome whole = read(input, () -> input.length);
        assertThat(read(input, () -> 1)).isEqualTo(whole);
        Random random = new Random(Arrays.hashCode(input));
        assertThat(read(input, () -> 1 + random.nextInt(20))).isEqualTo(whole);
        assertThat(whole.read).isLessThanOrEqualTo(MOST_BYTES);
        if (whole.step == PrefaceStep.Progress.NEED_MORE) {
            assertThat(whole.read).isEqualTo(input.length);
        } else {
            assertThat(read(Arrays.copyOf(input, whole.read), () -> MOST_BYTES)).isEqualTo(whole);
        }
        if (whole.step instanceof PrefaceStep.Client client) {
            byte[] plain = line(client).getBytes(StandardCharsets.ISO_8859_1);
            assertThat(read(plain, () -> plain.length)).isEqualTo(new Outcome(client, plain.length));
        }
    }

    private static Outcome read(byte[] input, IntSupplier pieceSize) {
        PrefaceParser parser = new PrefaceParser();
        PrefaceStep step = PrefaceStep.Progress.NEED_MORE;
        int read = 0;
        while (step == PrefaceStep.Progress.NEED_MORE && read < input.length) {
            ByteBuffer in = ByteBuffer.wrap(input, read, Math.min(pieceSize.getAsInt(), input.length - read));
            step = parser.feed(in);
            read = in.position();
        }
        return new Outcome(step, read);
    }

    private static String line(PrefaceStep.Client client) {
        String family = client.address().contains(":") ? "TCP6 " : "TCP4 ";
        return "PROXY " + family + client.address() + " " + client.address() + " " + client.port() + " 0\r\n";
    }
}
