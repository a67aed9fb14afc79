package nexus.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A part of the benchmark, which can be left out. In the order in which they run. */
enum Part {
    THROUGHPUT,
    LATENCY,
    FAIRNESS,
    RETRIES,
    IDLE,
    HTTPS,
    FAN_OUT,
    FILTERS,
    BATCHES;

    static String names() {
        return Arrays.stream(values()).map(Part::toString).collect(Collectors.joining(","));
    }

    /** As an option names it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
