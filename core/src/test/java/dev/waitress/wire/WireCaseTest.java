package dev.waitress.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireCaseTest {
    private static final String RULE = "# rule: RFC 9112 §3 (why)\n";
    private static final String REQUEST = "GET / HTTP/1.0\\r\\n\n\\r\\n\n--\n";

    private static WireCase parse(String file) {
        return WireCase.parse("folder/case.wire", file.lines().toList());
    }

    @Test
    void readsAFile() {
        WireCase wire = parse(RULE
                + "# limits: max_request_headers=5, max_request_line_size=60\n"
                + "GET /{x*3} HTTP/1.0\\r\\n\n\\r\\n\n--\n"
                + "head GET /{x*3}\nQUERY_STRING \"\"\nno HTTP_X\nbody \"\"\nclose after\n");
        assertThat(new String(wire.input(), StandardCharsets.US_ASCII)).isEqualTo("GET /xxx HTTP/1.0\r\n\r\n");
        assertThat(wire.limits()).containsExactly("max_request_headers=5", "max_request_line_size=60");
        assertThat(wire.expected())
                .containsExactly(
                        new Outcome("head GET /xxx", List.of("QUERY_STRING \"\"", "no HTTP_X")),
                        new Outcome("body \"\""),
                        Outcome.CLOSE_AFTER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET / HTTP/1.0\\r\\n\n--\nkeep\n",
                "# rule: RFC 9112 §3\n" + REQUEST + "keep\n",
                "# rule: because (why)\n" + REQUEST + "keep\n",
                RULE + "GET / HTTP/1.0\\r\\n\n",
                RULE + "--\nkeep\n",
                RULE + "GET / \n--\nkeep\n",
                RULE + "G\n\nT\n--\nkeep\n",
                RULE + "{x\n--\nkeep\n",
                RULE + "\\q\n--\nkeep\n",
                RULE + "\\x0\n--\nkeep\n",
                RULE + "\u00e4\n--\nkeep\n",
                RULE + "{\u00e4*2}\n--\nkeep\n",
                RULE + REQUEST,
                RULE + REQUEST + "head GET /\nbody \"\"\n",
                RULE + REQUEST + "keep\nkeep\n",
                RULE + REQUEST + "kept\n",
                RULE + REQUEST + "QUERY_STRING \"\"\nkeep\n",
                RULE + REQUEST + "rejected 400 \"a\"\nhead GET /\n",
                RULE + REQUEST + "head GET /\nquery \"\"\nkeep\n",
            })
    void refusesWhatIsNotInTheForm(String file) {
        assertThatThrownBy(() -> parse(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("wire/folder/case.wire:");
    }

    @ParameterizedTest
    @CsvSource({"{a\\r*2}, a\\ra\\r", "{\\\\*2}x, \\\\\\\\x", "\\x41\\x0d\\{, A\\r\\{", "}*\", }*\"", "{x*0}y, y"})
    void hasOneWayToWriteTheSameBytes(String written, String canonical) {
        assertThat(Notation.canonical(written)).isEqualTo(canonical);
    }

    @Test
    void keepsEveryByte() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        assertThat(Notation.decode(Notation.encode(all))).isEqualTo(all);
    }
}
