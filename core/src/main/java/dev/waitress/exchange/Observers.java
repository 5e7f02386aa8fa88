package dev.waitress.exchange;

import dev.waitress.http.ResponseHead;
import java.util.List;

/** Has several observers see the same requests. Event loop only. */
public final class Observers implements RequestObserver {
    private final RequestObserver first;
    private final RequestObserver second;

    private Observers(RequestObserver first, RequestObserver second) {
        this.first = first;
        this.second = second;
    }

    /** One that stands for all; where there is one only, that one itself. */
    public static RequestObserver of(List<RequestObserver> all) {
        return all.stream().reduce(Observers::new).orElse(RequestObserver.NONE);
    }

    @Override
    public ResponseObserver accepted(Request request) {
        return new Pair(first.accepted(request), second.accepted(request));
    }

    @Override
    public void refused(Refusal refusal) {
        first.refused(refusal);
        second.refused(refusal);
    }

    @Override
    public void tick(long nowNanos) {
        first.tick(nowNanos);
        second.tick(nowNanos);
    }

    /** Those of one response. */
    private record Pair(ResponseObserver first, ResponseObserver second) implements ResponseObserver {
        @Override
        public void producedBy(Producer producer) {
            first.producedBy(producer);
            second.producedBy(producer);
        }

        @Override
        public void lost() {
            first.lost();
            second.lost();
        }

        @Override
        public void started(ResponseHead head) {
            first.started(head);
            second.started(head);
        }

        @Override
        public void ended(ResponseEnd end) {
            first.ended(end);
            second.ended(end);
        }

        @Override
        public void left() {
            first.left();
            second.left();
        }
    }
}
