package dev.waitress.http2;

import org.jspecify.annotations.Nullable;

/**
 * What the frames of a client say, one call after the other in the order of the bytes. Arrays are valid during the call
 * only. A fault that is returned ends the connection: nothing more is read.
 */
public interface FrameListener {
    /** A whole block of fields, which must be decoded whatever becomes of its stream. RFC 9113 §4.3. */
    @Nullable
    Fault headers(int stream, byte[] block, int start, int end, boolean endsStream);

    /** A DATA frame begins, which takes so many bytes of the windows, padding included. */
    @Nullable
    Fault dataBegins(int stream, int bytes);

    /** Some of its bytes. */
    @Nullable
    Fault data(byte[] bytes, int start, int count);

    /** It has ended. */
    @Nullable
    Fault dataEnds(boolean endsStream);

    /** The client wants no more of a stream. */
    @Nullable
    Fault reset(int stream);

    /** A setting of the client, as it is on the wire. */
    @Nullable
    Fault setting(int id, long value);

    /** All settings of a frame were given: they are to be acknowledged. */
    @Nullable
    Fault settingsEnd();

    /** To be answered with the same eight bytes. */
    @Nullable
    Fault ping(byte[] bytes, int start);

    /** The answer to a ping of ours. */
    void pingAnswered();

    /** The client opens no more streams. */
    void goAway();

    /** The window of a stream, or of the connection (0), is larger by so much, which is not zero. */
    @Nullable
    Fault windowOpens(int stream, int bytes);

    /** A frame breaks a rule that costs its stream only. */
    @Nullable
    Fault streamFault(int stream, ErrorCode code);
}
