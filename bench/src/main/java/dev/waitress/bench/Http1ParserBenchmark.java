package dev.waitress.bench;

import dev.waitress.http.Limits;
import dev.waitress.http1.Http1Parser;
import dev.waitress.http1.ParseStep;
import dev.waitress.settings.Settings;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What it takes to parse one request that came in one piece, beside a look at each of its bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class Http1ParserBenchmark {
    @Param
    private SampleRequest request = SampleRequest.BROWSER;

    private final Http1Parser parser = new Http1Parser(Limits.of(Settings.defaults()));
    private ByteBuffer in = ByteBuffer.allocate(0);

    @Setup
    public void fill() {
        in = ByteBuffer.wrap(request.bytes());
    }

    /** From the first byte to the end of the request. */
    @Benchmark
    public void parse(Blackhole hole) {
        in.rewind();
        ParseStep step;
        do {
            step = parser.feed(in);
            hole.consume(step);
        } while (step != ParseStep.Progress.COMPLETE);
    }

    /** The least that any parser does: each byte is looked at once, to see whether it ends a line. */
    @Benchmark
    public int scan() {
        byte[] bytes = in.array();
        int lineEnds = 0;
        for (byte b : bytes) {
            if (b == '\r' || b == '\n') {
                lineEnds++;
            }
        }
        return lineEnds;
    }
}
