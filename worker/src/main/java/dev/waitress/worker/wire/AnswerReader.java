package dev.waitress.worker.wire;

import dev.waitress.http.ResponseHead;
import dev.waitress.meter.WorkerMeter;
import org.jspecify.annotations.Nullable;

/** Reads the answers of one worker and hands each to where it belongs. Event loop only. */
public final class AnswerReader implements FrameListener {
    /** Who knows where answers belong. */
    public interface Listener {
        /** Answers have come. */
        void answered();

        /**
         * Where the answer to a request belongs.
         *
         * @throws IllegalArgumentException if there was no such request
         */
        Target targetOf(int id);

        /** The socket ended or broke, or what came on it made no sense. */
        void lost(@Nullable Throwable failure);
    }

    /** Who takes what the worker shares with us. */
    public interface Memory {
        /** So many slots of so many bytes, the first of which begins at first. */
        void share(String path, int first, int slots, int slotBytes);

        /** The same, for bodies that lie one behind the other in so many bytes. */
        void shareRing(String path, int first, int bytes);
    }

    /** Where one answer goes. What it is given is used during the call only. */
    public interface Target {
        /** Whether the request was answered before. */
        default boolean isOver() {
            return false;
        }

        /** What comes next is a part of a response that goes on, not the whole of it. */
        void streams();

        /**
         * Status and header fields.
         *
         * @param bodyBytes length of the body if it is known, else {@link ResponseHead#NO_LENGTH}
         */
        void head(ResponseHead head, long bodyBytes);

        /** Header fields that the client is to learn before those of the response. */
        void hints(ResponseHead hints);

        /** Status or header fields are not HTTP. */
        void malformed(String reason);

        /** Some bytes of the body. */
        void body(byte[] bytes, int start, int count);

        /** Part of the body lies in a file that the worker has open. */
        void file(String name, long position, long count);

        /** Part of the body lies in a slot of the shared memory. */
        void block(int slot, int count);

        /** A whole response, whose body lies in the ring; without a head if that was malformed. */
        void laid(@Nullable ResponseHead head, int start, int count);

        /** The body is complete. */
        void end();

        /** The application failed. */
        void fail(String traceback);
    }

    private final Listener listener;
    private final Memory memory;
    private final MarshalReader reader = new MarshalReader();
    private final ResponseHead head = new ResponseHead();
    private final KnownHeads known = new KnownHeads();
    private final CountReader counts;

    /** Whose body the raw bytes behind the frame are, and how many are still to come. */
    private @Nullable Target rawTarget;

    private int rawLeft;
    private boolean rawIsLast;

    /** Asks a listener where each answer belongs; of a worker that has told nothing yet. */
    public AnswerReader(Listener listener, Memory memory, WorkerMeter meter) {
        this.listener = listener;
        this.memory = memory;
        this.counts = new CountReader(reader, meter);
    }

    @Override
    public int frame(byte[] bytes, int start, int end) {
        reader.reset(bytes, start, end);
        rawLeft = 0;
        listener.answered();
        int messages = reader.sequence();
        for (int i = 0; i < messages; i++) {
            message(false);
        }
        return rawLeft;
    }

    /**
     * Takes in messages that lie one behind another, in no frame; nothing follows them. What they count of a request
     * that is answered was known before.
     *
     * @throws IllegalArgumentException if one of them makes no sense
     */
    public void messages(byte[] bytes) {
        reader.reset(bytes, 0, bytes.length);
        listener.answered();
        while (reader.position() < bytes.length) {
            message(true);
        }
    }

    /** Nothing comes any more. */
    public void end() {
        counts.end();
    }

    private void message(boolean isRepeated) {
        reader.sequence();
        int kind = reader.integer();
        int id = reader.integer();
        if (kind == Protocol.COUNTED) {
            counts.read(!isRepeated || !listener.targetOf(id).isOver());
            reader.sequence();
            kind = reader.integer();
            id = reader.integer();
        }
        if (kind == Protocol.ARENA) {
            memory.share(reader.text(), reader.integer(), reader.integer(), reader.integer());
        } else if (kind == Protocol.RING) {
            memory.shareRing(reader.text(), reader.integer(), reader.integer());
        } else if (kind == Protocol.HEAD) {
            known.add(id, head, readHead());
        } else if (kind == Protocol.COUNTS) {
            counts.read(true);
        } else if (kind == Protocol.SERIES) {
            counts.readDefinitions(id);
        } else {
            answer(kind, listener.targetOf(id));
        }
    }

    private void answer(int kind, Target target) {
        switch (kind) {
            case Protocol.RESPONSE -> {
                if (head(target)) {
                    target.head(head, reader.peekLength());
                }
                body(target, true);
            }
            case Protocol.START -> {
                target.streams();
                if (head(target)) {
                    target.head(head, ResponseHead.NO_LENGTH);
                }
            }
            case Protocol.CHUNK -> {
                target.streams();
                body(target, false);
            }
            case Protocol.FILE -> target.file(reader.text(), reader.longInteger(), reader.longInteger());
            case Protocol.SHARED -> {
                target.streams();
                target.block(reader.integer(), reader.integer());
            }
            case Protocol.LAID -> laid(target);
            case Protocol.HINTS -> hints(target);
            case Protocol.END -> target.end();
            case Protocol.FAIL -> target.fail(reader.text());
            default -> throw new IllegalArgumentException("a message of kind " + kind);
        }
    }

    /** Takes in status and headers; if they are not HTTP, the application has failed, and no other. */
    private boolean head(Target target) {
        String fault = reader.peek() == 'i' ? known.find(reader.integer(), head) : readHead();
        if (!fault.isEmpty()) {
            target.malformed(fault);
        }
        return fault.isEmpty();
    }

    /** Why they are not HTTP; empty if they are, and the head is theirs. */
    private String readHead() {
        int start = reader.position();
        try {
            reader.latin1();
            head.start(reader.bytes(), reader.start(), reader.stop());
            readFields();
            return "";
        } catch (IllegalArgumentException e) {
            // The rest of the message, and the answers of other requests behind it, are still to be read.
            reader.seek(start);
            reader.skip();
            reader.skip();
            return String.valueOf(e.getMessage());
        }
    }

    private void readFields() {
        int fields = reader.sequence();
        for (int i = 0; i < fields; i++) {
            reader.sequence();
            reader.latin1();
            int name = reader.start();
            int nameEnd = reader.stop();
            reader.latin1();
            head.field(reader.bytes(), name, nameEnd, reader.bytes(), reader.start(), reader.stop());
        }
    }

    private void hints(Target target) {
        String fault = readHints();
        if (fault.isEmpty()) {
            target.hints(head);
        } else {
            target.malformed(fault);
        }
    }

    private String readHints() {
        int start = reader.position();
        try {
            head.startHints();
            readFields();
            head.requireHints();
            return "";
        } catch (IllegalArgumentException e) {
            reader.seek(start);
            reader.skip();
            return String.valueOf(e.getMessage());
        }
    }

    private void laid(Target target) {
        ResponseHead found = head(target) ? head : null;
        target.laid(found, reader.integer(), reader.integer());
        target.end();
    }

    private void body(Target target, boolean isLast) {
        if (reader.peek() == 'i') {
            expectRaw(target, isLast);
            return;
        }
        reader.blob();
        target.body(reader.bytes(), reader.start(), reader.stop() - reader.start());
        if (isLast) {
            target.end();
        }
    }

    private void expectRaw(Target target, boolean isLast) {
        rawTarget = target;
        rawLeft = reader.integer();
        rawIsLast = isLast;
        if (rawLeft < 1) {
            throw new IllegalArgumentException("a body of " + rawLeft + " bytes behind its frame");
        }
    }

    @Override
    public void raw(byte[] bytes, int start, int count) {
        listener.answered();
        rawLeft -= count;
        Target target = rawTarget;
        if (target == null) {
            throw new IllegalStateException("raw bytes that nobody expects");
        }
        target.body(bytes, start, count);
        if (rawLeft == 0 && rawIsLast) {
            target.end();
        }
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        listener.lost(failure);
    }
}
