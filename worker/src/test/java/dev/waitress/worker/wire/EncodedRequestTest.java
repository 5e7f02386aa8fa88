package dev.waitress.worker.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.settings.Settings;
import dev.waitress.worker.fakes.FakeClient;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads what {@link RequestEncoder} writes, for Pythons of both kinds. */
class EncodedRequestTest {
    private static final String LONG = "/" + "x".repeat(300);

    private static byte[] encode(String method, String path, boolean asBytes) {
        RequestEncoder encoder = new RequestEncoder(Settings.defaults());
        if (asBytes) {
            encoder.writeTextAsBytes();
        }
        MarshalWriter writer = new MarshalWriter(16);
        encoder.encode(7, new FakeClient(method, path, BodyBuffer.EMPTY).request(), writer);
        return writer.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({"GET, /, false", "HEAD, /shop?a=b, false", "POST, /, true", "TRACE, " + "/%C3%BC, false"})
    void isWhatTheClientHasAskedFor(String method, String path, boolean asBytes) {
        byte[] encoded = encode(method, path, asBytes);
        EncodedRequest request = EncodedRequest.read(encoded, 0, encoded.length);
        assertThat(request).isEqualTo(new EncodedRequest(method, path, false, false, ""));
        assertThat(request.line()).isEqualTo(method + " " + path);
        assertThat(request.isRepeatable()).isEqualTo(!method.equals("POST"));
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void mayBeLong(boolean asBytes) {
        byte[] encoded = encode("GET", LONG, asBytes);
        assertThat(EncodedRequest.read(encoded, 0, encoded.length).target()).isEqualTo(LONG);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void isMarkedWhereItHasBegunBefore(boolean asBytes) {
        byte[] again = EncodedRequest.again(encode("GET", "/a", asBytes));
        EncodedRequest request = EncodedRequest.read(again, 0, again.length);
        assertThat(request).isEqualTo(new EncodedRequest("GET", "/a", false, true, ""));
        assertThat(request.isRepeatable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void isReadBehindTheMarkOfItsWait(boolean asBytes) {
        byte[] encoded = encode("GET", "/a", asBytes);
        MarshalWriter writer = new MarshalWriter(16);
        QueueMark.write(encoded, 1_500_000_000, 3, writer);
        byte[] marked = writer.toByteArray();
        assertThat(marked).hasSizeGreaterThan(encoded.length);
        assertThat(EncodedRequest.read(marked, 0, marked.length))
                .isEqualTo(EncodedRequest.read(encoded, 0, encoded.length));
        assertThat(QueueMark.without(marked, 0, marked.length)).isEqualTo(encoded);
        assertThat(QueueMark.without(encoded, 0, encoded.length)).isEqualTo(encoded);
    }

    @Test
    void hasAMarkWhereItHasWaitedForAMillisecond() {
        MarshalWriter number = new MarshalWriter(16);
        number.number(0.001);
        MarshalWriter writer = new MarshalWriter(16);
        QueueMark.write(encode("GET", "/a", false), 1_000_000, 3, writer);
        assertThat(HexFormat.of().formatHex(writer.toByteArray()))
                .contains(HexFormat.of().formatHex(number.toByteArray()));
    }

    @Test
    void losesItsMarkWhereverItLies() {
        byte[] encoded = encode("GET", "/a", false);
        MarshalWriter writer = new MarshalWriter(16);
        writer.raw(encoded, 0, encoded.length);
        QueueMark.write(encoded, 1_500_000_000, 3, writer);
        int end = writer.length();
        writer.raw(encoded, 0, encoded.length);
        byte[] all = writer.toByteArray();
        assertThat(QueueMark.without(all, encoded.length, end)).isEqualTo(encoded);
        assertThat(QueueMark.without(all, end, all.length)).isEqualTo(encoded);
    }

    /** Python's own bytes for the same. */
    @ParameterizedTest
    @CsvSource({"1.5, 67000000000000f83f", "0.0025, 677b14ae47e17a643f"})
    void hasItsTimeInMarshalsForm(double seconds, String hex) {
        MarshalWriter writer = new MarshalWriter(16);
        writer.number(seconds);
        assertThat(HexFormat.of().formatHex(writer.toByteArray())).isEqualTo(hex);
    }

    @ParameterizedTest
    @CsvSource({"-1", "0", "999999"})
    void hasNoMarkWhereItHasNotWaited(long nanos) {
        byte[] encoded = encode("GET", "/a", false);
        MarshalWriter writer = new MarshalWriter(16);
        QueueMark.write(encoded, nanos, 3, writer);
        assertThat(writer.toByteArray()).isEqualTo(encoded);
    }

    /** Whoever has it instead of the worker that it was for does not know that worker's templates. */
    @ParameterizedTest
    @CsvSource({"false", "true"})
    void isWholeWithoutItsTemplate(boolean asBytes) {
        RequestEncoder encoder = new RequestEncoder(Settings.defaults());
        if (asBytes) {
            encoder.writeTextAsBytes();
        }
        FakeClient client = new FakeClient("HEAD", "/shop?a=b", BodyBuffer.EMPTY);
        MarshalWriter writer = new MarshalWriter(16);
        assertThat(encoder.encodeBriefly(7, client.request(), writer)).isNull();
        byte[] encoded = writer.toByteArray();
        writer.clear();
        EnvironTemplate template = Objects.requireNonNull(encoder.encodeBriefly(7, client.request(), writer));
        byte[] brief = writer.toByteArray();
        assertThat(brief).hasSizeLessThan(encoded.length);
        assertThat(MarshalReader.getInt(brief, brief.length - 4)).isEqualTo(template.number());
        byte[] whole = EncodedRequest.whole(brief, 0, brief.length, template);
        assertThat(whole).isEqualTo(encoded).endsWith(0, 0, 0, 0);
        assertThat(EncodedRequest.whole(encoded, 0, encoded.length, null)).isEqualTo(encoded);
    }
}
