package dev.waitress.worker.fakes;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.buffer.Segment;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestId;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ResponseSink;
import dev.waitress.exchange.ServerEnd;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.BodyLength;
import dev.waitress.http.Limits;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import dev.waitress.http1.Http1Parser;
import dev.waitress.http1.ParseStep;
import dev.waitress.proxy.Forwarding;
import dev.waitress.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;

/** A client that has asked, and sees what it gets. */
public final class FakeClient implements ResponseSink {
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final Request request;
    private final Response response;
    private String status = "";
    private String end = "";

    /** It asks for a path. */
    public FakeClient(String path) {
        this(path, BodyBuffer.EMPTY);
    }

    /** It asks for a path, and sends a body. */
    public FakeClient(String path, BodyBuffer body) {
        this("GET", path, body);
    }

    /** It sends a request of any method. */
    public FakeClient(String method, String path, BodyBuffer body) {
        Http1Parser parser = new Http1Parser(Limits.of(Settings.defaults()));
        String text = method + " " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
        if (!(parser.feed(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)))
                instanceof ParseStep.Head head)) {
            throw new IllegalArgumentException("not a request: " + text);
        }
        request = new Request(
                head.head(), body, new Peer("10.0.0.1", "5555", new ServerEnd("http", "8080")), Forwarding.NONE);
        response = new Response(request, this, new ServerName("", true));
    }

    public Request request() {
        return request;
    }

    public Response response() {
        return response;
    }

    /** Status, as the worker or the server words it; empty if there is none yet. */
    public String status() {
        return status;
    }

    /**
     * What it has of the body, and how that ended: {@code |complete}, {@code |incomplete}, {@code |cut}, or nothing.
     */
    public String body() {
        return received.toString(StandardCharsets.ISO_8859_1) + end;
    }

    @Override
    public void hints(ResponseHead hints) {
        status = hints.status();
    }

    @Override
    public boolean head(ResponseHead head, BodyLength body) {
        status = head.status();
        return true;
    }

    @Override
    public void body(byte[] bytes, int offset, int length) {
        received.write(bytes, offset, length);
    }

    @Override
    public void body(Segment segment) {
        try (segment) {
            segment.writeTo(Channels.newChannel(received));
        } catch (IOException e) {
            end = "|" + e.getMessage();
        }
    }

    @Override
    public void end(boolean complete) {
        end = complete ? "|complete" : "|incomplete";
    }

    @Override
    public void cut() {
        end = "|cut";
    }

    @Override
    public int error(Status answer, String text, RequestId id) {
        status = answer.code() + " " + answer.reason();
        received.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        end(true);
        return text.length();
    }
}
