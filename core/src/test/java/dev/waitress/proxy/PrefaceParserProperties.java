package dev.waitress.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.testkit.Property;
import dev.waitress.wire.Notation;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever a proxy sends. */
class PrefaceParserProperties {
    private static final int CASES = 5000;

    /** Version 1 written once more, but for the form of addresses. */
    private static final Pattern LINE = Pattern.compile(
            "PROXY (TCP4 [0-9.]+ [0-9.]+|TCP6 [0-9A-Fa-f:.]+ [0-9A-Fa-f:.]+)( (0|[1-9][0-9]{0,4})){2}\r\n");

    /** @param unread bytes behind it */
    private record Outcome(PrefaceStep step, int unread) {}

    private static Outcome read(List<byte[]> pieces) {
        PrefaceParser parser = new PrefaceParser();
        PrefaceStep step = PrefaceStep.Progress.NEED_MORE;
        int unread = 0;
        for (byte[] piece : pieces) {
            ByteBuffer in = ByteBuffer.wrap(piece);
            step = step == PrefaceStep.Progress.NEED_MORE ? parser.feed(in) : step;
            unread += in.remaining();
        }
        return new Outcome(step, unread);
    }

    private static byte[] valid(SplittableRandom random) {
        List<byte[]> each = Prefaces.each().toList();
        return each.get(random.nextInt(each.size()));
    }

    private static String mutant(SplittableRandom random) {
        return Property.mutate(random, new String(valid(random), ISO_8859_1));
    }

    @Test
    void tamperedPrefacesMeanTheSameHoweverTheyAreCut() {
        Property.holds(CASES, random -> {
            byte[] sent = mutant(random).getBytes(ISO_8859_1);
            assertThat(read(Property.cut(random, sent)))
                    .as(Notation.encode(new String(sent, ISO_8859_1)))
                    .isEqualTo(read(List.of(sent)));
        });
    }

    @Test
    void aLineThatIsAcceptedIsInTheGrammarAndNothingBehindItIsRead() {
        Property.holds(CASES, random -> {
            String text = Property.mutate(random, Prefaces.LINE) + "GET / HTTP/1.1\r\n\r\n";
            Outcome outcome = read(List.of(text.getBytes(ISO_8859_1)));
            if (outcome.step instanceof PrefaceStep.Client) {
                assertThat(text.substring(0, text.length() - outcome.unread)).matches(LINE);
            }
        });
    }

    @Test
    void anyClientIsNamedAsItIsInBothVersions() {
        Property.holds(CASES, random -> {
            byte[] octets = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(octets);
            int port = random.nextInt(0x10000);
            String address = address(octets);
            String line =
                    "PROXY TCP%c %s %s %d 80\r\n".formatted(octets.length == 4 ? '4' : '6', address, address, port);
            String hex = HexFormat.of().formatHex(octets);
            byte[] block =
                    Prefaces.block("21", octets.length == 4 ? "11" : "21", hex + hex + "%04x0050".formatted(port));
            PrefaceStep step = read(Property.cut(random, line.getBytes(ISO_8859_1))).step;
            assertThat(read(Property.cut(random, block)).step).as(line).isEqualTo(step);
            assertThat(step).isInstanceOf(PrefaceStep.Client.class);
            PrefaceStep.Client client = (PrefaceStep.Client) step;
            assertThat(address(octets(client.address()))).isEqualTo(address);
            assertThat(client.port()).isEqualTo(String.valueOf(port));
        });
    }

    private static String address(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets).getHostAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] octets(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
