package dev.waitress.worker.wire;

/**
 * One frame of requests to a worker. Its bytes are kept until all its requests are answered: those of a worker that
 * dies before it began them are sent again, to another one. Event loop only.
 */
public final class Batch {
    private static final int FIRST_BYTES = 16 * 1024;
    private static final int FRAME_LENGTH = 4;
    private static final int LIST_LENGTH = FRAME_LENGTH + 1;

    public final MarshalWriter writer = new MarshalWriter(FIRST_BYTES);
    private int requests;
    private int unanswered;

    public Batch() {
        clear();
    }

    private void clear() {
        writer.clear();
        writer.fixed(0);
        writer.list(0);
        requests = 0;
        unanswered = 0;
    }

    public boolean isEmpty() {
        return requests == 0;
    }

    public void added() {
        requests++;
        unanswered++;
    }

    /** States the lengths; the batch is complete. */
    public void finish() {
        writer.patch(0, writer.length() - FRAME_LENGTH);
        writer.patch(LIST_LENGTH, requests);
    }

    /** One of its requests needs it no longer; true if it was the last, and the batch is empty again. */
    public boolean released() {
        unanswered--;
        if (unanswered == 0) {
            clear();
        }
        return unanswered == 0;
    }
}
