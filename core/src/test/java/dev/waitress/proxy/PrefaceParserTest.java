package dev.waitress.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The PROXY protocol as HAProxy's doc/proxy-protocol.txt has it. */
class PrefaceParserTest {
    private static final byte[] BEHIND = Prefaces.line("GET / HTTP/1.1\r\n\r\n");

    /** What it says, which is the same wherever the bytes are cut; what comes behind is left. */
    private static PrefaceStep read(byte[] preface) {
        byte[] sent = Arrays.copyOf(preface, preface.length + BEHIND.length);
        System.arraycopy(BEHIND, 0, sent, preface.length, BEHIND.length);
        ByteBuffer whole = ByteBuffer.wrap(sent);
        PrefaceStep step = new PrefaceParser().feed(whole);
        if (!(step instanceof PrefaceStep.Malformed)) {
            assertThat(whole.remaining()).isEqualTo(BEHIND.length);
        }
        for (int cut = 0; cut <= sent.length; cut++) {
            assertThat(readInTwo(sent, cut)).isEqualTo(step);
        }
        return step;
    }

    private static PrefaceStep readInTwo(byte[] sent, int cut) {
        PrefaceParser parser = new PrefaceParser();
        PrefaceStep first = parser.feed(ByteBuffer.wrap(sent, 0, cut));
        return first == PrefaceStep.Progress.NEED_MORE
                ? parser.feed(ByteBuffer.wrap(sent, cut, sent.length - cut))
                : first;
    }

    private static PrefaceStep client(String address, String port) {
        return new PrefaceStep.Client(address, port);
    }

    private static PrefaceStep malformed(String reason) {
        return new PrefaceStep.Malformed(reason);
    }

    @ParameterizedTest
    @MethodSource("dev.waitress.proxy.Prefaces#each")
    void asksForMoreUntilTheLastByte(byte[] preface) {
        PrefaceParser parser = new PrefaceParser();
        for (int i = 0; i < preface.length - 1; i++) {
            assertThat(parser.feed(ByteBuffer.wrap(preface, i, 1))).isEqualTo(PrefaceStep.Progress.NEED_MORE);
        }
        assertThat(parser.feed(ByteBuffer.wrap(preface, preface.length - 1, 1)))
                .isNotEqualTo(PrefaceStep.Progress.NEED_MORE)
                .isNotInstanceOf(PrefaceStep.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "proxy TCP4 ",
                "PROXY\t",
                "PROXYTCP4 ",
                "\n",
                "\r\n\r\n\0\r\nQUIT\r",
                "\u0016"
            })
    void refusesWhatDoesNotBeginAsOne(String text) {
        assertThat(read(Prefaces.line(text))).isEqualTo(malformed("does not begin as one"));
    }

    @Nested
    class Line {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "TCP4 192.0.2.1 192.0.2.2 56324 443 | 192.0.2.1 | 56324",
                    "TCP4 255.255.255.255 255.255.255.255 65535 65535 | 255.255.255.255 | 65535",
                    "TCP4 0.0.0.0 0.0.0.0 0 0 | 0.0.0.0 | 0",
                    "TCP6 2001:DB8:0:0:0:0:0:1 ::1 1 2 | 2001:db8::1 | 1",
                    "TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"
                            + " | ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff | 65535",
                    // As a client on an IPv4 address is named without a proxy, on a socket of both families.
                    "TCP6 ::ffff:192.0.2.1 ::ffff:192.0.2.2 1 2 | 192.0.2.1 | 1",
                })
        void namesTheClient(String line, String address, String port) {
            assertThat(read(Prefaces.line("PROXY " + line + "\r\n"))).isEqualTo(client(address, port));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "UNKNOWN",
                    "UNKNOWN ",
                    "UNKNOWN TCP4 1.2.3.4",
                    "UNKNOWN ffff::1 ffff::2 1 2",
                    "UNKNOWN  \0\u00ff"
                })
        void mayNameNobody(String line) {
            assertThat(read(Prefaces.line("PROXY " + line + "\r\n"))).isEqualTo(PrefaceStep.Progress.NOBODY);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                ignoreLeadingAndTrailingWhitespace = false,
                value = {
                    "|has an unknown family",
                    " TCP4 1.1.1.1 1.1.1.1 1 1|has an unknown family",
                    "tcp4 1.1.1.1 1.1.1.1 1 1|has an unknown family",
                    "TCP5 1.1.1.1 1.1.1.1 1 1|has an unknown family",
                    "UNKNOWNS|has an unknown family",
                    "TCP4|has not two addresses and two ports",
                    "TCP4 1.1.1.1 1.1.1.1 1|has not two addresses and two ports",
                    "TCP4 1.1.1.1 1.1.1.1 1 1 |has not two addresses and two ports",
                    "TCP4 1.1.1.1  1.1.1.1 1 1|has not two addresses and two ports",
                    "TCP4 1.1.1.1 1.1.1.1 1 1 1|has not two addresses and two ports",
                    "TCP4  1.1.1.1 1.1.1.1 1|has an invalid address",
                    "TCP4 1.1.1 1.1.1.1 1 1|has an invalid address",
                    "TCP4 1.1.1.01 1.1.1.1 1 1|has an invalid address",
                    "TCP4 1.1.1.256 1.1.1.1 1 1|has an invalid address",
                    "TCP4 1.1.1.1\t1.1.1.1 1.1.1.1 1 1|has an invalid address",
                    "TCP4 1.1.1.1 1.1.1.1. 1 1|has an invalid address",
                    "TCP4 ::1 1.1.1.1 1 1|has an invalid address",
                    "TCP4 1.1.1.1 ::1 1 1|has an invalid address",
                    "TCP6 1.1.1.1 ::1 1 1|has an invalid address",
                    "TCP6 [::1] ::1 1 1|has an invalid address",
                    "TCP6 fe80::1%eth0 ::1 1 1|has an invalid address",
                    "TCP6 1::2::3 ::1 1 1|has an invalid address",
                    "TCP4 localhost 1.1.1.1 1 1|has an invalid address",
                    "TCP4 1.1.1.1 1.1.1.1 65536 1|has an invalid port",
                    "TCP4 1.1.1.1 1.1.1.1 1 65536|has an invalid port",
                    "TCP4 1.1.1.1 1.1.1.1 01 1|has an invalid port",
                    "TCP4 1.1.1.1 1.1.1.1 00 1|has an invalid port",
                    "TCP4 1.1.1.1 1.1.1.1 -1 1|has an invalid port",
                    "TCP4 1.1.1.1 1.1.1.1 +1 1|has an invalid port",
                    "TCP4 1.1.1.1 1.1.1.1  1|has an invalid port",
                    "TCP4 1.1.1.1 1.1.1.1 1 |has an invalid port",
                    "TCP4 1.1.1.1 1.1.1.1 999999999999 1|has an invalid port",
                    "TCP4 1.1.1.1 1.1.1.1 \u0661 1|has an invalid port",
                })
        void isRefusedIfItIsNotExactlyThat(String line, String reason) {
            String text = line == null ? "" : line;
            assertThat(read(Prefaces.line("PROXY " + text + "\r\n"))).isEqualTo(malformed(reason));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"TCP4 1.1.1.1 1.1.1.1 1 1\n", "TCP4 1.1.1.1 1.1.1.1 1 1\r", "UNKNOWN \r ", "UNKNOWN \n"})
        void isRefusedForHalfAnEnd(String line) {
            assertThat(read(Prefaces.line("PROXY " + line + "\r\n"))).isEqualTo(malformed("has half an end of line"));
        }

        @Test
        void hasAtMost107Bytes() {
            String most = "PROXY UNKNOWN " + "x".repeat(107 - 16);
            assertThat(read(Prefaces.line(most.substring(0, most.length() - 1) + "\r\n")))
                    .isEqualTo(PrefaceStep.Progress.NOBODY);
            assertThat(read(Prefaces.line(most + "\r\n"))).isEqualTo(PrefaceStep.Progress.NOBODY);
            assertThat(read(Prefaces.line(most + "x\r\n"))).isEqualTo(malformed("is a line of more than 107 bytes"));
        }
    }

    @Nested
    class Block {
        @Test
        void namesTheClient() {
            assertThat(read(Prefaces.block("21", "11", Prefaces.IPV4))).isEqualTo(client("192.0.2.1", "56324"));
            assertThat(read(Prefaces.block("21", "21", Prefaces.IPV6))).isEqualTo(client("2001:db8::1", "56324"));
            String mapped = "00000000000000000000ffffc0000201";
            assertThat(read(Prefaces.block("21", "21", mapped + mapped + "ffff 0000")))
                    .isEqualTo(client("192.0.2.1", "65535"));
        }

        @ParameterizedTest
        @CsvSource({
            // LOCAL, whatever else it says.
            "20, 00, ''",
            "20, 11, c0000201c0000202dc0401bb",
            "20, 11, 00",
            "20, ff, ffff",
            // No family, with or without what nobody can read.
            "21, 00, ''",
            "21, 01, ff",
            "21, 02, ''",
            // UDP, and IP without a transport.
            "21, 12, c0000201c0000202dc0401bb",
            "21, 10, c0000201c0000202dc0401bb",
            "21, 22, 20010db800000000000000000000000120010db8000000000000000000000002dc0401bb",
        })
        void mayNameNobody(String command, String family, String rest) {
            assertThat(read(Prefaces.block(command, family, rest))).isEqualTo(PrefaceStep.Progress.NOBODY);
        }

        @ParameterizedTest
        @ValueSource(strings = {"31", "32"})
        void namesNobodyWhoCameByAUnixSocket(String family) {
            assertThat(read(Prefaces.block("21", family, "2f".repeat(216)))).isEqualTo(PrefaceStep.Progress.NOBODY);
            assertThat(read(Prefaces.block("21", family, "2f".repeat(215))))
                    .isEqualTo(malformed("is shorter than its addresses"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"00", "01", "11", "31", "a1", "22", "2f"})
        void hasOneVersionAndTwoCommands(String command) {
            assertThat(read(Prefaces.block(command, "11", Prefaces.IPV4)))
                    .isEqualTo(malformed("has an unknown version or command"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"13", "1f", "03", "41", "f0"})
        void hasFourFamiliesAndThreeTransports(String family) {
            assertThat(read(Prefaces.block("21", family, Prefaces.IPV4))).isEqualTo(malformed("has an unknown family"));
        }

        @Test
        void isAsLongAsItsAddresses() {
            String shorter = Prefaces.IPV4.substring(0, Prefaces.IPV4.length() - 2);
            assertThat(read(Prefaces.block("21", "11", shorter))).isEqualTo(malformed("is shorter than its addresses"));
            shorter = Prefaces.IPV6.substring(0, Prefaces.IPV6.length() - 2);
            assertThat(read(Prefaces.block("21", "21", shorter))).isEqualTo(malformed("is shorter than its addresses"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"04 0000", "04 0001 ff", "01 0002 6832 ee 0003 000000", "20 0005 0100000000"})
        void mayHaveExtensionsThatCountForNothing(String extensions) {
            assertThat(read(Prefaces.block("21", "11", Prefaces.IPV4 + extensions)))
                    .isEqualTo(client("192.0.2.1", "56324"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"04", "0400", "04 0001", "04 0002 ff", "04 0000 04", "04 ffff ff"})
        void endsWithAnExtension(String extensions) {
            assertThat(read(Prefaces.block("21", "11", Prefaces.IPV4 + extensions)))
                    .isEqualTo(malformed("ends within an extension"));
        }

        @ParameterizedTest
        @CsvSource({
            "03 0004 95416dd3 04 0000, ''",
            "03 0004 95416dd2 04 0000, has a wrong checksum",
            "03 0004 95416dd3 05 0000, has a wrong checksum",
            "03 0003 95416d 04 0000, has a wrong checksum",
            "03 0000, has a wrong checksum",
            "03 0008 95416dd395416dd3, has a wrong checksum",
        })
        void isRefusedForAWrongChecksum(String extensions, String reason) {
            assertThat(read(Prefaces.block("21", "11", Prefaces.IPV4 + extensions)))
                    .isEqualTo(reason.isEmpty() ? client("192.0.2.1", "56324") : malformed(reason));
        }

        @Test
        void hasAtMost4096Bytes() {
            assertThat(read(padded(4095))).isEqualTo(client("192.0.2.1", "56324"));
            assertThat(read(padded(4096))).isEqualTo(client("192.0.2.1", "56324"));
            assertThat(read(padded(4097))).isEqualTo(malformed("has 4097 bytes, limit 4096"));
            assertThat(read(Prefaces.block("20", "00", 0xFFFF, new byte[0])))
                    .isEqualTo(malformed("has 65551 bytes, limit 4096"));
        }

        private static byte[] padded(int size) {
            int padding = size - 16 - 12 - 3;
            return Prefaces.block("21", "11", Prefaces.IPV4 + "04 %04x".formatted(padding) + "00".repeat(padding));
        }
    }
}
