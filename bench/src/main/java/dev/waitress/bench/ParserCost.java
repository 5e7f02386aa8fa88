package dev.waitress.bench;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Prints what the parser costs, per request and relative to a mere look at each byte. The two are measured turn by
 * turn, each time in a new JVM, and the ratio is taken within a turn: what slows the machine for a while slows both.
 */
public final class ParserCost {
    private static final int DEFAULT_ROUNDS = 5;

    private record Round(double parseNanos, double scanNanos, double allocatedBytes) {
        double ratio() {
            return parseNanos / scanNanos;
        }
    }

    private ParserCost() {}

    /** Arguments: the number of rounds, if not 5. */
    public static void main(String[] arguments) throws RunnerException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : DEFAULT_ROUNDS;
        System.out.printf(
                "%s %s, %d processors, %s %s, %d rounds%n",
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.name"),
                Runtime.version(),
                rounds);
        System.out.println("| request | bytes | parse, ns | scan, ns | ratio | bounds | allocated bytes |");
        System.out.println("| --- | ---: | ---: | ---: | ---: | --- | ---: |");
        for (SampleRequest request : SampleRequest.values()) {
            List<Round> measured = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                measured.add(measure(request));
            }
            System.out.println(row(request, measured));
        }
    }

    private static Round measure(SampleRequest request) throws RunnerException {
        RunResult parse = run("parse", request);
        RunResult scan = run("scan", request);
        return new Round(
                parse.getPrimaryResult().getScore(),
                scan.getPrimaryResult().getScore(),
                requireNonNull(parse.getSecondaryResults().get("gc.alloc.rate.norm"))
                        .getScore());
    }

    private static RunResult run(String benchmark, SampleRequest request) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include(Http1ParserBenchmark.class.getName() + "." + benchmark)
                        .param("request", request.name())
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .runSingle();
    }

    private static String row(SampleRequest request, List<Round> rounds) {
        double[] ratios = sorted(rounds.stream().mapToDouble(Round::ratio).toArray());
        return String.format(
                Locale.ROOT,
                "| %s | %d | %.0f | %.0f | %.2f | %.2f–%.2f | %.0f |",
                request.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                request.bytes().length,
                median(rounds.stream().mapToDouble(Round::parseNanos).toArray()),
                median(rounds.stream().mapToDouble(Round::scanNanos).toArray()),
                median(ratios),
                ratios[0],
                ratios[ratios.length - 1],
                median(rounds.stream().mapToDouble(Round::allocatedBytes).toArray()));
    }

    private static double median(double[] values) {
        return sorted(values)[values.length / 2];
    }

    private static double[] sorted(double[] values) {
        double[] copy = values.clone();
        Arrays.sort(copy);
        return copy;
    }
}
