package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.worker.fakes.FakeClient;
import dev.waitress.worker.fakes.FakeProcess;
import dev.waitress.worker.wire.Batch;
import dev.waitress.worker.wire.ControlWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InFlightTest {
    private static final int PLACES = 16_384;

    private static HeldRequest request(int id) {
        FakeClient client = new FakeClient("/");
        HeldRequest.Holder holder = new HeldRequest.Holder(
                1,
                new FakeProcess(1),
                1,
                new ControlWriter(),
                new Handover(),
                new UnknownStatuses(),
                () -> {},
                answered -> {});
        EncodedPlace place = new EncodedPlace(new Batch(), 0, 0, null);
        return new HeldRequest(id, holder, client.response(), BodyBuffer.EMPTY, place, 0, 0);
    }

    /** Wherever they are kept. */
    @Test
    void areInTheOrderInWhichTheyWereGiven() {
        InFlight inFlight = new InFlight();
        List<HeldRequest> given = new ArrayList<>();
        for (int i = 0; i < PLACES + 1; i++) {
            int id = inFlight.nextId();
            if (id >= PLACES - 1) {
                HeldRequest request = request(id);
                inFlight.add(request);
                given.add(request);
            }
        }
        assertThat(given).hasSize(3);
        assertThat(inFlight.inOrder()).isEqualTo(given);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, false",
        "1, 1, true",
        "1, 2, true",
        "2, 1, false",
        "2147483647, 2147483646, false",
        "2147483647, 2147483647, true",
        "2147483647, 1, true",
        "1, 2147483647, false",
    })
    void comparesIdsThatWrapAround(int id, int begun, boolean expected) {
        assertThat(InFlight.isBegun(id, begun)).isEqualTo(expected);
    }
}
