package dev.waitress.relay;

import dev.waitress.buffer.Segment;
import dev.waitress.exchange.RequestId;
import dev.waitress.exchange.ResponseSink;
import dev.waitress.http.BodyLength;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import java.util.List;

/** Notes only that a response is released. */
record Releasing(List<String> noted) implements ResponseSink {
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
    public void end(boolean complete) {}

    @Override
    public void cut() {}

    @Override
    public int error(Status status, String text, RequestId id) {
        return 0;
    }

    @Override
    public void released() {
        noted.add("released");
    }
}
