package dev.waitress.worker.fakes;

import dev.waitress.worker.wire.FrameLink;
import dev.waitress.worker.wire.FrameListener;
import dev.waitress.worker.wire.FrameReader;
import dev.waitress.worker.wire.MarshalReader;
import dev.waitress.worker.wire.MarshalWriter;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A socket of a worker without a system below it: a test says what the worker says, and looks at what it is told. */
public final class FakeLink implements FrameLink {
    private final List<String> told = new ArrayList<>();
    private final ByteArrayOutputStream unflushed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final List<byte[]> lastWords = new ArrayList<>();
    private @Nullable FrameReader reader;
    private byte[] lastFrame = {};
    private int backlog;
    private boolean isOpen = true;
    private int receives;

    // ---- What the test does ----------------------------------------------------------------------------------------

    /** The worker says one value, and then perhaps raw bytes. */
    public void say(Consumer<MarshalWriter> value, byte... raw) {
        arrive(frame(value));
        arrive(raw);
    }

    /** The worker says one value, and ends before anybody has read it. */
    public void sayLast(Consumer<MarshalWriter> value) {
        lastWords.add(frame(value));
    }

    /** A whole frame. */
    public static byte[] frame(Consumer<MarshalWriter> value) {
        MarshalWriter writer = new MarshalWriter(64);
        writer.fixed(0);
        value.accept(writer);
        writer.patch(0, writer.length() - FrameReader.LENGTH_BYTES);
        return writer.toByteArray();
    }

    private void arrive(byte[] bytes) {
        try {
            put(bytes);
        } catch (RuntimeException | Error e) { // as the socket does
            requireReader().listener().closed(e);
        }
    }

    private void put(byte[] bytes) {
        if (isOpen && bytes.length > 0) {
            requireReader().space().put(bytes);
            requireReader().takeIn();
        }
    }

    /** The worker has closed it, or it broke. */
    public void cut(@Nullable Throwable failure) {
        requireReader().listener().closed(failure);
    }

    private FrameReader requireReader() {
        if (reader == null) {
            throw new IllegalStateException("nobody listens");
        }
        return reader;
    }

    /** The worker reads nothing any more: so many messages wait for it. */
    public void stuck(int messages) {
        backlog = messages;
    }

    /** Kind and numbers of each message that was sent since the last call. */
    public List<String> told() {
        List<String> all = List.copyOf(told);
        told.clear();
        return all;
    }

    /** The message that was sent last, as it is in its frame. */
    public byte[] lastFrame() {
        return lastFrame.clone();
    }

    /** All bytes that were sent without being a message. */
    public byte[] sent() {
        return sent.toByteArray();
    }

    /** How often it was asked for what has arrived. */
    public int receives() {
        return receives;
    }

    public boolean isOpen() {
        return isOpen;
    }

    // ---- What the front does ---------------------------------------------------------------------------------------

    @Override
    public void handOver(FrameListener newListener) {
        FrameReader ofWorker = new FrameReader(newListener);
        ofWorker.handOver(newListener);
        reader = ofWorker;
    }

    @Override
    public Closeable release() {
        return this;
    }

    @Override
    public void receive() {
        receives++;
    }

    @Override
    public void receiveLast() {
        List<byte[]> words = List.copyOf(lastWords);
        lastWords.clear();
        words.forEach(this::put);
    }

    @Override
    public void send(byte[] bytes, int start, int count) {
        unflushed.write(bytes, start, count);
    }

    @Override
    public void sendFrame(MarshalWriter value) {
        lastFrame = value.toByteArray();
        told.add(text(value));
    }

    /** Numbers of a tuple; the settings are {@code settings}. */
    private static String text(MarshalWriter value) {
        MarshalReader message = new MarshalReader();
        message.reset(value.bytes(), 0, value.length());
        if (message.peek() != '(') {
            return "settings";
        }
        List<String> items = new ArrayList<>();
        for (int left = message.sequence(); left > 0; left--) {
            items.add(message.peek() == 'i' ? String.valueOf(message.integer()) : message.text());
        }
        return String.join(" ", items);
    }

    @Override
    public void flush() {
        try {
            unflushed.writeTo(sent);
        } catch (IOException e) {
            throw new AssertionError(e); // memory does not fail
        }
        unflushed.reset();
    }

    @Override
    public int backlog() {
        return backlog;
    }

    @Override
    public void close() {
        isOpen = false;
        if (reader != null) {
            reader.close();
        }
    }
}
