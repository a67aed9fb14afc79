package nexus.bench.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import nexus.bench.receiver.Percentiles;

/** How figures are chosen and rounded. */
public final class Figures {
    private Figures() {}

    /** The round whose ratio is in the middle; of an even number the lower one. */
    public static <R> R middle(List<R> rounds, ToDoubleFunction<R> ratio) {
        return rounds.stream()
                .sorted(Comparator.comparingDouble(ratio))
                .toList()
                .get((rounds.size() - 1) / 2);
    }

    /** 0 when there is nothing to compare with. */
    public static double ratio(double value, double of) {
        return of == 0 ? 0 : value / of;
    }

    /** To a thousandth: what is behind that was not measured. */
    public static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    public static <R> void ratios(ArrayNode into, List<R> rounds, ToDoubleFunction<R> ratio) {
        rounds.forEach(round -> into.add(rounded(ratio.applyAsDouble(round))));
    }

    public static void percentiles(ObjectNode into, Percentiles measured) {
        into.put("p50Ms", rounded(measured.millis(0.5)))
                .put("p99Ms", rounded(measured.millis(0.99)))
                .put("maxMs", rounded(measured.millis(1)))
                .put("count", measured.count());
    }
}
