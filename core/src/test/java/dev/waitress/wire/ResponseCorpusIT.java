package dev.waitress.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.Server;
import dev.waitress.Waitress;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of wire/responses, said by a Java application. */
@Timeout(60)
class ResponseCorpusIT {
    private static final int LONGEST_WAIT_MILLIS = 10_000;

    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        server = Waitress.start(
                new SayingApplication(cases().collect(toMap(ResponseCase::name, Function.identity()))),
                Settings.defaults().with(Setting.LISTEN, List.of("127.0.0.1:0")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<ResponseCase> cases() {
        return WireCorpus.responses();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void whatTheClientGetsIsWhatTheCaseSays(ResponseCase said) throws Exception {
        InetSocketAddress address = (InetSocketAddress) server.addresses().get(0);
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(LONGEST_WAIT_MILLIS);
            assertThat(answer(socket, said)).isEqualTo(Notation.encode(said.answer()));
            if (said.isKept()) {
                // A byte too many before would be the first of this answer.
                assertThat(answer(socket, said)).isEqualTo(Notation.encode(said.answer()));
            } else {
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    /** As many bytes as are expected, if so many come, with the date of the cases. */
    private static String answer(Socket socket, ResponseCase said) throws IOException {
        socket.getOutputStream().write(said.request());
        byte[] bytes = new byte[said.answer().length];
        int count = 0;
        try {
            int read;
            while ((read = socket.getInputStream().read(bytes, count, bytes.length - count)) > 0) {
                count += read;
            }
        } catch (SocketTimeoutException e) {
            assertThat(count).as("bytes that came in time").isLessThan(bytes.length);
        }
        String received = new String(bytes, 0, count, ISO_8859_1);
        return Notation.encode(received.replaceFirst("\r\nDate: [^\r]{29}\r\n", "\r\n" + ResponseCase.DATE + "\r\n"));
    }
}
