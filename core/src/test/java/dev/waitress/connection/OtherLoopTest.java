package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.Peer;
import dev.waitress.exchange.ServerEnd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a loop that accepts for another one may hand over before that has seen any of it. */
@Timeout(60)
class OtherLoopTest {
    private final LoopFixture server = new LoopFixture(Map.of("connection_limit", "2"));
    private final Semaphore toldOfRoom = new Semaphore(0);
    private final OtherLoop other = new OtherLoop(server.loop, server.clients.admission(), toldOfRoom::release);
    private final ServerSocketChannel listener =
            ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    private final List<Socket> sockets = new ArrayList<>();

    OtherLoopTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        for (Socket each : sockets) {
            each.close();
        }
        listener.close();
        server.close();
    }

    /** A client with a request, which is accepted and handed over. */
    private void handOver() throws IOException {
        handOverTo(other);
    }

    private void handOverTo(OtherLoop taker) throws IOException {
        Socket client = new Socket();
        sockets.add(client);
        client.connect(listener.getLocalAddress());
        LoopFixture.send(client, Stage.GET);
        taker.take(listener.accept(), new Peer("127.0.0.1", "1", new ServerEnd("http", "80")));
    }

    private boolean handedOver() throws IOException {
        handOver();
        return true;
    }

    @Test
    void isFullWithThoseOnTheWay() throws Exception {
        List<Boolean> hadRoom = new ArrayList<>();
        server.inOneTurn(() -> {
            for (int i = 0; i < 2; i++) {
                hadRoom.add(other.hasRoom());
                handOver();
            }
            hadRoom.add(other.hasRoom());
            return null;
        });
        assertThat(hadRoom).containsExactly(true, true, false);
        server.awaitAsked(2);
        assertThat(other.count()).isEqualTo(2);
        assertThat(server.inOneTurn(() -> server.clients.admission().hasRoom())).isFalse();
    }

    @Test
    void isToldOfThemOneAtATimeWhereSomebodyHasToLeave() throws Exception {
        for (int i = 0; i < 2; i++) {
            server.inOneTurn(this::handedOver);
            server.awaitAsked(i + 1);
            server.inOneTurn(() -> {
                server.answer(new byte[0]);
                return null;
            });
            LoopFixture.head(sockets.get(i));
        }
        toldOfRoom.drainPermits();
        List<Boolean> hadRoom = server.inOneTurn(() -> {
            boolean before = other.hasRoom();
            handOver();
            return List.of(before, other.hasRoom());
        });
        assertThat(hadRoom).containsExactly(true, false);
        toldOfRoom.acquire();
        assertThat(other.hasRoom()).isTrue();
        server.awaitAsked(3);
    }

    @Test
    void tellsOfRoomWhereThoseOnTheWayDoNotStay() throws Exception {
        LoopFixture strict = new LoopFixture(Map.of("connection_limit", "2", "connections_per_address", "1"));
        try {
            OtherLoop choosy = new OtherLoop(strict.loop, strict.clients.admission(), toldOfRoom::release);
            handOverTo(choosy);
            strict.awaitAsked(1);
            boolean hadRoom = strict.inOneTurn(() -> {
                handOverTo(choosy);
                return choosy.hasRoom();
            });
            assertThat(hadRoom).isFalse();
            toldOfRoom.acquire();
            assertThat(choosy.hasRoom()).isTrue();
            assertThat(choosy.count()).isEqualTo(1);
        } finally {
            strict.close();
        }
    }
}
