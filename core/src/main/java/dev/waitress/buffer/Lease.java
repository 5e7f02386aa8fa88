package dev.waitress.buffer;

/** What one holder takes of the memory for all clients; closed, it takes nothing. One thread at a time. */
public final class Lease implements AutoCloseable {
    private final MemoryBudget budget;
    private long bytes;

    /** For one who takes nothing yet. */
    public Lease(MemoryBudget budget) {
        this.budget = budget;
    }

    /** Bytes that it takes now. */
    public long bytes() {
        return bytes;
    }

    /**
     * Takes so many bytes from now on.
     *
     * @return false, and nothing has changed, if that is more and there is no room for it
     */
    public boolean resizeTo(long wanted) {
        if (!budget.resize(bytes, wanted)) {
            return false;
        }
        bytes = wanted;
        return true;
    }

    /** The same for what is needed whole, such as a connection's own: also beyond the half that is for large things. */
    public boolean fillTo(long wanted) {
        if (!budget.fill(bytes, wanted)) {
            return false;
        }
        bytes = wanted;
        return true;
    }

    /** Hands a part of it to another holder, for whom there is room therefore. */
    public void handOver(long part, Lease other) {
        bytes -= part;
        other.bytes += part;
    }

    @Override
    public void close() {
        if (bytes != 0) {
            budget.release(bytes);
            bytes = 0;
        }
    }
}
