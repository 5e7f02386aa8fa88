package dev.waitress.worker;

import dev.waitress.buffer.FileRegion;
import dev.waitress.buffer.LocalFiles;
import dev.waitress.buffer.Segment;
import dev.waitress.http.Printable;
import dev.waitress.http.ResponseHead;
import dev.waitress.worker.memory.Arena;
import dev.waitress.worker.wire.MarshalReader;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Reads the answers of one worker and hands them to the responses that they belong to. Event loop only. */
final class AnswerReader implements FrameSocket.Listener {
    private static final Logger LOG = System.getLogger("waitress");

    private final Worker worker;
    private final MarshalReader reader = new MarshalReader();
    private final ResponseHead head = new ResponseHead();

    /** Whose body the raw bytes behind the frame are, nobody's if it is over, and how many are still to come. */
    private @Nullable HeldRequest rawOwner;

    private int rawLeft;
    private boolean rawIsLast;

    /** Where the worker puts large blocks; null until there is one. */
    private @Nullable Arena arena;

    AnswerReader(Worker worker) {
        this.worker = worker;
    }

    @Override
    public int frame(byte[] bytes, int start, int end) {
        reader.reset(bytes, start, end);
        rawLeft = 0;
        worker.answered();
        int messages = reader.sequence();
        for (int i = 0; i < messages; i++) {
            message();
        }
        return rawLeft;
    }

    private void message() {
        reader.sequence();
        int kind = reader.integer();
        int id = reader.integer();
        HeldRequest exchange = worker.find(id);
        if (kind == Protocol.ARENA) {
            openArena();
        } else if (exchange != null) {
            answer(kind, exchange);
        } else if (worker.wasGiven(id)) {
            late(kind, id);
        } else {
            throw new IllegalArgumentException("an answer to a request that nobody made");
        }
    }

    private void answer(int kind, HeldRequest exchange) {
        switch (kind) {
            case Protocol.RESPONSE -> response(exchange);
            case Protocol.START -> {
                exchange.remindOfClientGone();
                if (head(exchange)) {
                    worker.unknownStatuses().note(head);
                    exchange.response.start(head, ResponseHead.NO_LENGTH);
                }
            }
            case Protocol.CHUNK -> {
                exchange.remindOfClientGone();
                body(exchange, false);
            }
            case Protocol.FILE -> file(exchange);
            case Protocol.SHARED -> {
                exchange.remindOfClientGone();
                exchange.response.body(shared());
            }
            case Protocol.END -> end(exchange);
            case Protocol.FAIL -> {
                exchange.response.fail(reader.text());
                worker.finished(exchange);
            }
            default -> throw unknown(kind);
        }
    }

    /**
     * A thread of the application's own has written behind the end of its response, or in the moment of it. That is
     * dropped, and what it needs is given back.
     */
    private void late(int kind, int id) {
        switch (kind) {
            case Protocol.RESPONSE, Protocol.START -> {
                reader.skip();
                reader.skip();
            }
            case Protocol.CHUNK, Protocol.END -> {}
            case Protocol.FILE -> {
                reader.text();
                reader.longInteger();
                reader.longInteger();
                worker.orders.fileSent(id);
            }
            case Protocol.SHARED -> drop(shared());
            case Protocol.FAIL -> reader.text();
            default -> throw unknown(kind);
        }
        if (kind == Protocol.RESPONSE || kind == Protocol.CHUNK) {
            if (reader.peek() == 'i') {
                expectRaw(null, false);
            } else {
                reader.blob();
            }
        }
    }

    private static void drop(Segment segment) {
        try {
            segment.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot give back a block that came late", e);
        }
    }

    private static IllegalArgumentException unknown(int kind) {
        return new IllegalArgumentException("a message of kind " + kind);
    }

    private void response(HeldRequest exchange) {
        if (head(exchange)) {
            worker.unknownStatuses().note(head);
            exchange.response.start(head, reader.peekNumber());
        }
        body(exchange, true);
    }

    /** Reads status and headers; if they are not HTTP, the application has failed, and no other. */
    private boolean head(HeldRequest exchange) {
        int start = reader.position();
        try {
            reader.latin1();
            head.start(reader.bytes(), reader.start(), reader.stop());
            int fields = reader.sequence();
            for (int i = 0; i < fields; i++) {
                reader.sequence();
                reader.latin1();
                int name = reader.start();
                int nameEnd = reader.stop();
                reader.latin1();
                head.field(reader.bytes(), name, nameEnd, reader.bytes(), reader.start(), reader.stop());
            }
            return true;
        } catch (IllegalArgumentException e) {
            LOG.log(
                    Level.ERROR,
                    "the application's response is not HTTP: " + Printable.of(String.valueOf(e.getMessage())));
            exchange.response.fail(String.valueOf(e.getMessage()));
            // The rest of the message, and the answers of other requests behind it, are still to be read.
            reader.seek(start);
            reader.skip();
            reader.skip();
            return false;
        }
    }

    private void body(HeldRequest exchange, boolean isLast) {
        if (reader.peek() == 'i') {
            expectRaw(exchange, isLast);
            return;
        }
        reader.blob();
        exchange.response.body(reader.bytes(), reader.start(), reader.stop() - reader.start());
        if (isLast) {
            end(exchange);
        }
    }

    private void expectRaw(@Nullable HeldRequest owner, boolean isLast) {
        rawOwner = owner;
        rawLeft = reader.integer();
        rawIsLast = isLast;
        if (rawLeft < 1) {
            throw new IllegalArgumentException("a body of " + rawLeft + " bytes behind its frame");
        }
    }

    private void openArena() {
        if (arena != null) {
            throw new IllegalArgumentException("more shared memory than one");
        }
        try {
            arena = new Arena(
                    worker.files().require(reader.text()), reader.integer(), reader.integer(), reader.integer());
        } catch (IOException e) {
            throw new IllegalArgumentException("shared memory that cannot be mapped: " + e.getMessage(), e);
        }
    }

    private Segment shared() {
        if (arena == null) {
            throw new IllegalArgumentException("a block in shared memory that nobody announced");
        }
        return arena.block(reader.integer(), reader.integer());
    }

    /** Sends part of a file that the worker has open. */
    private void file(HeldRequest exchange) {
        String name = reader.text();
        long position = reader.longInteger();
        long count = reader.longInteger();
        int id = exchange.id;
        try {
            Path path = worker.files().require(name);
            Object key = count < LocalFiles.SMALLEST_BYTES ? null : key(path);
            FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
            FileRegion region = new FileRegion(file, position, count, () -> {
                worker.orders.fileSent(id);
                file.close();
            });
            exchange.response.body(key == null ? region : region.knownAs(key));
        } catch (IOException e) {
            LOG.log(Level.ERROR, "cannot open the file of a response", e);
            worker.orders.fileSent(id);
            exchange.response.fail("");
        }
    }

    /** Tells the file from others; null unless the path is that of a descriptor, which cannot come to mean another. */
    private static @Nullable Object key(Path path) throws IOException {
        return path.startsWith("/proc")
                ? Files.readAttributes(path, BasicFileAttributes.class).fileKey()
                : null;
    }

    private void end(HeldRequest exchange) {
        exchange.response.end();
        worker.finished(exchange);
    }

    @Override
    public void raw(byte[] bytes, int start, int count) {
        HeldRequest owner = rawOwner;
        worker.answered();
        rawLeft -= count;
        if (owner == null) {
            return;
        }
        owner.response.body(bytes, start, count);
        if (rawLeft == 0 && rawIsLast) {
            end(owner);
        }
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        worker.lost(failure);
    }

    /** The worker is gone, and its memory goes with the last block that waits for a client. */
    void close() {
        try {
            if (arena != null) {
                arena.close();
                arena = null;
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the memory of a worker that is gone stays mapped", e);
        }
    }
}
