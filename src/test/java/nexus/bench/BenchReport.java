package nexus.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import nexus.bench.ThroughputPhase.Costs;
import nexus.bench.ThroughputPhase.Round;

/**
 * The results as a table for people and as JSON for programs; {@code docs/performance.md} explains every field. A field
 * that could not be measured is missing.
 *
 * @param rows empty when there was no source database
 * @param latencyAt100 from sending a commit to receipt, 100 events a second
 */
record BenchReport(
        Setting setting,
        List<Round> rows,
        List<Round> published,
        Percentiles latencyAt100,
        Percentiles latencyAt1000,
        List<FairnessPhase.Round> fairness,
        Percentiles retryLateness,
        Optional<IdlePhase.Result> idle,
        Optional<Long> peakMemoryBytes,
        Ledger.Verdict verdict) {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * What was measured, where, when.
     *
     * @param startedAt ISO 8601
     * @param nexus its version
     * @param postgres its version; empty when nobody said
     */
    record Setting(String startedAt, String nexus, String commit, String postgres, Machine machine) {}

    void write(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, JSON.writeValueAsString(json()) + "\n");
    }

    ObjectNode json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("startedAt", setting.startedAt());
        root.putObject("versions")
                .put("nexus", setting.nexus())
                .put("commit", setting.commit())
                .put("postgres", setting.postgres());
        root.set("machine", JSON.valueToTree(setting.machine()));
        throughput(root, "rows", rows);
        throughput(root, "published", published);
        ObjectNode latency = root.putObject("latency");
        percentiles(latency.putObject("at100"), latencyAt100);
        percentiles(latency.putObject("at1000"), latencyAt1000);
        FairnessPhase.Round fair = middle(fairness, FairnessPhase.Round::ratioOfP99);
        ObjectNode fairly = root.putObject("fairness");
        percentiles(fairly.putObject("alone"), fair.alone());
        percentiles(fairly.putObject("besideHanging"), fair.besideHanging());
        fairly.put("ratioOfP99", rounded(fair.ratioOfP99()));
        fairness.forEach(round -> fairly.withArray("ratios").add(rounded(round.ratioOfP99())));
        percentiles(root.putObject("retryLateness"), retryLateness);
        idle.ifPresent(measured -> root.putObject("idle")
                .put("cpuPercent", rounded(measured.cpuPercent()))
                .put("transactionsPerSecond", rounded(measured.transactionsPerSecond())));
        peakMemoryBytes.ifPresent(bytes -> root.putObject("memory").put("peakBytes", bytes));
        root.putObject("verified")
                .put("sent", verdict.sent())
                .put("lost", verdict.lost())
                .put("orderViolations", verdict.orderViolations())
                .put("repeats", verdict.repeats())
                .put("otherIds", verdict.otherIds())
                .put("sharedIds", verdict.sharedIds());
        return root;
    }

    private static void throughput(ObjectNode root, String name, List<Round> rounds) {
        if (rounds.isEmpty()) {
            return;
        }
        Round middle = middle(rounds, Round::ofCeiling);
        ObjectNode into = root.putObject(name)
                .put("eventsPerSecond", rounded(middle.eventsPerSecond()))
                .put("ceilingPerSecond", rounded(middle.ceiling().perSecond()))
                .put("ratioToCeiling", rounded(middle.ofCeiling()))
                .put("ceilingCpuSecondsPer1000", rounded(middle.ceiling().cpuSecondsPer1000()));
        middle.costs().ifPresent(costs -> into.put("nexusCpuSecondsPer1000", rounded(costs.nexusCpuSecondsPer1000()))
                .put("postgresCpuSecondsPer1000", rounded(costs.postgresCpuSecondsPer1000()))
                .put("walBytesPerEvent", rounded(costs.walBytesPerEvent()))
                .put("transactionsPerEvent", rounded(costs.transactionsPerEvent())));
        rounds.forEach(round -> into.withArray("ratios").add(rounded(round.ofCeiling())));
    }

    private static void percentiles(ObjectNode into, Percentiles measured) {
        into.put("p50Ms", rounded(measured.millis(0.5)))
                .put("p99Ms", rounded(measured.millis(0.99)))
                .put("maxMs", rounded(measured.millis(1)))
                .put("count", measured.count());
    }

    /** The round whose ratio is in the middle. */
    private static <R> R middle(List<R> rounds, ToDoubleFunction<R> ratio) {
        return rounds.stream()
                .sorted(Comparator.comparingDouble(ratio))
                .toList()
                .get((rounds.size() - 1) / 2);
    }

    String table() {
        StringBuilder table = new StringBuilder();
        line(
                table,
                "Nexus",
                "%s (%s), PostgreSQL %s, %d cores, %s",
                setting.nexus(),
                setting.commit(),
                setting.postgres(),
                setting.machine().cores(),
                setting.machine().java());
        throughput(table, "Row changes", rows);
        throughput(table, "Published events", published);
        line(table, "Latency at 100/s", "%s", latencyAt100);
        line(table, "Latency at 1000/s", "%s", latencyAt1000);
        FairnessPhase.Round fair = middle(fairness, FairnessPhase.Round::ratioOfP99);
        line(table, "Healthy endpoints", "%s", fair.alone());
        line(
                table,
                "  beside a hanging one",
                "%s; p99 ratio %.2f (rounds: %s)",
                fair.besideHanging(),
                fair.ratioOfP99(),
                texts("%.2f", fairness.stream().mapToDouble(FairnessPhase.Round::ratioOfP99)));
        line(table, "A due retry is late by", "%s", retryLateness);
        idle.ifPresent(measured -> line(
                table,
                "Idle",
                "%.2f %% of one core, %.2f transactions/s",
                measured.cpuPercent(),
                measured.transactionsPerSecond()));
        peakMemoryBytes.ifPresent(bytes -> line(table, "Peak memory", "%d MiB", bytes >> 20));
        line(
                table,
                "Verified",
                "%d events: %d lost, %d out of order, %d repeated, %d under another id",
                verdict.sent(),
                verdict.lost(),
                verdict.orderViolations(),
                verdict.repeats(),
                verdict.otherIds() + verdict.sharedIds());
        return table.toString();
    }

    private static void throughput(StringBuilder table, String name, List<Round> rounds) {
        if (rounds.isEmpty()) {
            return;
        }
        Round middle = middle(rounds, Round::ofCeiling);
        line(
                table,
                name,
                "%.0f/s, %.1f %% of the ceiling of %.0f/s (rounds: %s)",
                middle.eventsPerSecond(),
                100 * middle.ofCeiling(),
                middle.ceiling().perSecond(),
                texts("%.1f", rounds.stream().mapToDouble(round -> 100 * round.ofCeiling())));
        middle.costs().ifPresent(costs -> costs(table, costs, middle.ceiling().cpuSecondsPer1000()));
    }

    private static void costs(StringBuilder table, Costs costs, double ceiling) {
        line(
                table,
                "  for 1000 events",
                "Nexus %.3f s of CPU, PostgreSQL %.3f s (ceiling %.3f s); WAL %.0f bytes and %.3f transactions an event",
                costs.nexusCpuSecondsPer1000(),
                costs.postgresCpuSecondsPer1000(),
                ceiling,
                costs.walBytesPerEvent(),
                costs.transactionsPerEvent());
    }

    private static List<String> texts(String format, DoubleStream values) {
        return values.mapToObj(value -> String.format(Locale.ROOT, format, value))
                .toList();
    }

    @FormatMethod
    private static void line(StringBuilder table, String name, @FormatString String format, Object... values) {
        table.append(String.format(Locale.ROOT, "%-24s", name))
                .append(String.format(Locale.ROOT, format, values))
                .append('\n');
    }

    /** To a thousandth: what is behind that was not measured. */
    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
