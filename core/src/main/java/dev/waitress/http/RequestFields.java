package dev.waitress.http;

import org.jspecify.annotations.Nullable;

/**
 * What the fields of one request say of its message, whatever the form in which they came: which of them have the same
 * name, which may come once only, which are a proxy's. Reusable; one thread at a time.
 */
public final class RequestFields {
    private static final String X_FORWARDED = "x-forwarded-";

    private final FieldIndex index = new FieldIndex();
    private final MessageFields message = new MessageFields();

    /** Forgets the fields of the head before, and makes room for those of so many lines. */
    public void clear(int lineCount) {
        index.clear(lineCount);
        message.clear();
    }

    /**
     * Takes in the field that the builder was given; a refusal if it may come only once, and has come before.
     *
     * @param start where its name begins in the bytes
     * @param end where its name ends
     * @param nameHash of the name, by {@link FieldIndex#hash}
     */
    public @Nullable Rejection add(
            RequestHeadBuilder builder, byte[] bytes, int start, int end, int field, int nameHash) {
        if (!message.note(bytes, start, end, field)) {
            return Rejection.of(Rule.DUPLICATE_FIELD, Rejection.echo(bytes, start, end));
        }
        if (isProxyField(bytes, start, end)) {
            builder.proxyField();
        }
        index.add(builder, field, nameHash);
        return null;
    }

    /** Most names end the question at their first byte. */
    private static boolean isProxyField(byte[] bytes, int start, int end) {
        return switch (bytes[start]) {
            case 'x', 'X' ->
                end - start > X_FORWARDED.length()
                        && Syntax.equalsIgnoreCase(bytes, start, start + X_FORWARDED.length(), X_FORWARDED);
            case 'f', 'F' -> Syntax.equalsIgnoreCase(bytes, start, end, "forwarded");
            default -> false;
        };
    }

    /** Tells the builder what the fields say of the message; the rule that they break, if they break one. */
    public @Nullable Rule check(RequestHeadBuilder builder) {
        return message.check(builder);
    }
}
