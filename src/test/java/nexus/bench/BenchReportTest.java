package nexus.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import nexus.bench.Ceiling.Speed;
import nexus.bench.ThroughputPhase.Costs;
import nexus.bench.ThroughputPhase.Round;
import org.junit.jupiter.api.Test;

class BenchReportTest {
    private static final Percentiles LATENCY = Percentiles.of(new long[] {2_000_000, 4_000_000});
    private static final Percentiles SLOWER = Percentiles.of(new long[] {3_000_000, 6_000_000});

    private static Round round(double events, double ceiling) {
        return new Round(events, new Speed(ceiling, 0.1), Optional.of(new Costs(0.2, 0.3, 1500, 0.01)));
    }

    private static BenchReport report(List<Round> rows, Optional<IdlePhase.Result> idle) {
        return new BenchReport(
                new BenchReport.Setting(
                        "2026-01-31T18:20:43Z",
                        "0.1.0",
                        "abc",
                        "18.6",
                        new Machine("Linux 6", "amd64", 2, 1L << 30, "OpenJDK 25")),
                rows,
                List.of(round(100, 1000), round(900, 2000), round(300, 1000)),
                LATENCY,
                LATENCY,
                List.of(
                        new FairnessPhase.Round(LATENCY, LATENCY),
                        new FairnessPhase.Round(SLOWER, LATENCY),
                        new FairnessPhase.Round(LATENCY, SLOWER)),
                LATENCY,
                idle,
                idle.map(measured -> 300L << 20),
                new Ledger.Verdict(10, 9, 1, 0, 0, 0));
    }

    @Test
    void theRoundWithTheMiddleRatioSpeaksForAll() {
        JsonNode published = report(List.of(), Optional.empty()).json().path("published");
        assertThat(published.path("ratioToCeiling").asDouble()).isEqualTo(0.3);
        assertThat(published.path("eventsPerSecond").asDouble()).isEqualTo(300);
        assertThat(published.path("ratios").toString()).isEqualTo("[0.1,0.45,0.3]");
    }

    @Test
    void whatCouldNotBeMeasuredIsMissing() {
        JsonNode json = report(List.of(), Optional.empty()).json();
        assertThat(json.has("rows")).isFalse();
        assertThat(json.has("idle")).isFalse();
        assertThat(json.has("memory")).isFalse();
        assertThat(report(List.of(), Optional.empty()).table()).doesNotContain("Row changes", "Idle", "Peak memory");
    }

    @Test
    void theJsonHasEveryFigure() {
        JsonNode json = report(List.of(round(500, 1000)), Optional.of(new IdlePhase.Result(0.5, 0.4)))
                .json();
        assertThat(json.path("rows").path("walBytesPerEvent").asDouble()).isEqualTo(1500);
        assertThat(json.path("latency").path("at100").path("p99Ms").asDouble()).isEqualTo(4);
        assertThat(json.path("fairness").path("ratioOfP99").asDouble()).isEqualTo(1);
        assertThat(json.path("fairness").path("ratios").toString()).isEqualTo("[1.0,0.667,1.5]");
        assertThat(json.path("idle").path("cpuPercent").asDouble()).isEqualTo(0.5);
        assertThat(json.path("memory").path("peakBytes").asLong()).isEqualTo(300L << 20);
        assertThat(json.path("machine").path("cores").asInt()).isEqualTo(2);
        assertThat(json.path("verified").path("lost").asInt()).isEqualTo(1);
    }

    @Test
    void theTableHasALineForEach() {
        String table = report(List.of(round(500, 1000)), Optional.of(new IdlePhase.Result(0.5, 0.4)))
                .table();
        assertThat(table)
                .contains("Row changes             500/s, 50.0 % of the ceiling of 1000/s (rounds: [50.0])")
                .contains("  beside a hanging one  p50 2.00 ms, p99 4.00 ms, max 4.00 ms of 2; p99 ratio 1.00")
                .contains("(rounds: [1.00, 0.67, 1.50])")
                .contains("Verified                10 events: 1 lost, 0 out of order, 1 repeated, 0 under another id");
    }
}
