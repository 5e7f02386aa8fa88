package dev.waitress.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Ascii;
import org.junit.jupiter.api.Test;

class RequestTest {
    private static final String TEXT = "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";

    @Test
    void knowsWhenItCame() {
        Request request = Requests.parse(TEXT).arrived(3, 5);
        assertThat(request.firstByteNanos()).isEqualTo(3);
        assertThat(request.completeNanos()).isEqualTo(5);
    }

    @Test
    void countsItsHeadThreeTimesAndTheIndexOfItsFields() {
        assertThat(Requests.parse(TEXT).memoryBytes()).isEqualTo(3L * TEXT.length() + 2 * 20 + 512);
    }

    @Test
    void hasAHeadOfItsOwnOnceItIsDetached() {
        Request request = Requests.parse(TEXT);
        byte[] received = request.head().bytes();
        assertThat(request.detach()).isSameAs(request);
        assertThat(request.head().bytes()).isNotSameAs(received);
        assertThat(request.head().value("x")).isEqualTo("y");
    }

    @Test
    void isOfItsPeer() {
        assertThat(Ascii.text(Requests.parse(TEXT).remoteAddress())).isEqualTo("10.0.0.1");
    }

    /**
     * What the proxy at the other end says of the client changes neither the server's end nor who is at the other end.
     */
    @Test
    void mayComeThroughAProxyThatAnnouncesTheClient() {
        Peer peer = new Peer("10.0.0.1", "5555", new ServerEnd("https", "8080")).announcing("192.0.2.7", "99");
        assertThat(peer.remoteAddress()).isEqualTo("192.0.2.7");
        assertThat(Ascii.text(peer.remotePortBytes)).isEqualTo("99");
        assertThat(peer.serverPort()).isEqualTo("8080");
        assertThat(peer.scheme()).isEqualTo("https");
        assertThat(peer.hopAddress()).isEqualTo("10.0.0.1");
    }
}
