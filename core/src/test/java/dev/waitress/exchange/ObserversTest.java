package dev.waitress.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.Segment;
import dev.waitress.http.BodyLength;
import dev.waitress.http.Rejection;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Rule;
import dev.waitress.http.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObserversTest {
    private static final ServerName NAME = new ServerName("", false);

    private final List<String> seen = new ArrayList<>();

    /** Notes what it sees. */
    private RequestObserver named(String name) {
        return new RequestObserver() {
            @Override
            public ResponseObserver accepted(Request request) {
                seen.add(name + " accepted");
                return new ResponseObserver() {
                    @Override
                    public void lost() {
                        seen.add(name + " lost");
                    }

                    @Override
                    public void started(ResponseHead head) {
                        seen.add(name + " started");
                    }

                    @Override
                    public void ended(ResponseEnd end) {
                        seen.add(name + " ended " + end.statusCode());
                    }

                    @Override
                    public void left() {
                        seen.add(name + " left");
                    }
                };
            }

            @Override
            public void refused(Refusal refusal) {
                seen.add(name + " refused");
            }

            @Override
            public void tick(long nowNanos) {
                seen.add(name + " " + nowNanos);
            }
        };
    }

    @Test
    void seeAllEachInTheirOrder() {
        RequestObserver all = Observers.of(List.of(named("a"), named("b"), named("c")));
        Request request = Requests.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Response response = new Response(request, new FakeSink(request.head(), NAME, false), NAME);
        response.observedBy(all.accepted(request));
        response.lost();
        ServerAnswer.NOT_FOUND.sendTo(response);
        response.left();
        assertThat(seen)
                .containsExactly(
                        "a accepted",
                        "b accepted",
                        "c accepted",
                        "a lost",
                        "b lost",
                        "c lost",
                        "a started",
                        "b started",
                        "c started",
                        "a ended 404",
                        "b ended 404",
                        "c ended 404",
                        "a left",
                        "b left",
                        "c left");
    }

    /** On HTTP/2 the answer may leave while its end is written. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void seeTheEndBeforeTheLastByte(boolean isError) {
        Request request = Requests.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Prompt sink = new Prompt();
        Response response = new Response(request, sink, NAME);
        sink.response = response;
        response.observedBy(named("a").accepted(request));
        if (isError) {
            response.refuse(Status.BAD_GATEWAY, "lost");
        } else {
            ServerAnswer.NOT_FOUND.sendTo(response);
            seen.remove("a started");
        }
        assertThat(seen).containsExactly("a accepted", isError ? "a ended 502" : "a ended 404", "a left");
    }

    /** Has sent all as soon as it has it. */
    private static final class Prompt implements ResponseSink {
        private @Nullable Response response;

        private void sent() {
            Objects.requireNonNull(response).left();
        }

        @Override
        public void hints(ResponseHead hints) {}

        @Override
        public boolean head(ResponseHead head, BodyLength body) {
            return true;
        }

        @Override
        public void body(byte[] bytes, int offset, int length) {}

        @Override
        public void body(Segment segment) {
            segment.discard();
        }

        @Override
        public void end(boolean complete) {
            sent();
        }

        @Override
        public void cut() {}

        @Override
        public int error(Status status, String text, RequestId id) {
            sent();
            return 0;
        }
    }

    @Test
    void seeRefusalsAndTheTime() {
        RequestObserver all = Observers.of(List.of(named("a"), named("b")));
        Peer peer = new Peer("10.0.0.1", "5555", new ServerEnd("http", "80"));
        all.refused(new Refusal(peer, new byte[0], 0, new Rejection(Rule.TARGET, "", 1, false), 0, RequestId.NONE));
        all.tick(5);
        assertThat(seen).containsExactly("a refused", "b refused", "a 5", "b 5");
    }

    @Test
    void areOneWhereThereIsOne() {
        RequestObserver one = named("a");
        assertThat(Observers.of(List.of(one))).isSameAs(one);
        assertThat(Observers.of(List.of())).isSameAs(RequestObserver.NONE);
    }
}
