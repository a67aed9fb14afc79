package nexus.bench.phase;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.bench.phase.Ceiling.Speed;
import nexus.bench.phase.DeliveryRate.Costs;
import nexus.bench.phase.DeliveryRate.Delivered;
import nexus.bench.phase.ThroughputPhase.Round;
import nexus.bench.receiver.Ledger;
import nexus.bench.receiver.Percentiles;
import nexus.bench.receiver.Protocol;
import nexus.bench.receiver.Spread;
import nexus.bench.report.BenchReport;
import nexus.bench.report.Section;
import nexus.bench.subject.Machine;
import org.junit.jupiter.api.Test;

class SectionsTest {
    private static final Percentiles LATENCY = Percentiles.of(new long[] {2_000_000, 4_000_000});
    private static final Percentiles SLOWER = Percentiles.of(new long[] {3_000_000, 6_000_000});

    private static Costs costs(double nexus) {
        return new Costs(nexus, 0.3, 1500, 0.01);
    }

    private static Round round(double events, double ceiling) {
        return new Round(events, new Speed(ceiling, 0.1), Optional.of(costs(0.2)));
    }

    private static BenchReport report(Section... sections) {
        return new BenchReport(
                new BenchReport.Setting(
                        "2026-01-31T18:20:43Z",
                        "0.1.0",
                        "abc",
                        "18.6",
                        new Machine("Linux 6", "amd64", 2, 1L << 30, "OpenJDK 25")),
                List.of(sections),
                new Ledger.Verdict(10, 9, 1, 0, 0, 0));
    }

    private static Section throughput(String field, Round... rounds) {
        return new ThroughputPhase.Result(
                field, field.equals("rows") ? "Row changes" : "Published events", List.of(rounds));
    }

    private static Section fairness() {
        return new FairnessPhase.Result(List.of(
                new FairnessPhase.Round(LATENCY, LATENCY),
                new FairnessPhase.Round(SLOWER, LATENCY),
                new FairnessPhase.Round(LATENCY, SLOWER)));
    }

    private static HttpsPhase.Round https(double plain, double https, double http2, Optional<Costs> costs) {
        return new HttpsPhase.Round(Map.of(
                Protocol.PLAIN, new Delivered(plain, costs.map(any -> costs(0.1))),
                Protocol.HTTPS, new Delivered(https, costs),
                Protocol.HTTP2, new Delivered(http2, costs)));
    }

    @Test
    void theRoundWithTheMiddleRatioSpeaksForAll() {
        JsonNode published = report(throughput("published", round(100, 1000), round(900, 2000), round(300, 1000)))
                .json()
                .path("published");
        assertThat(published.path("ratioToCeiling").asDouble()).isEqualTo(0.3);
        assertThat(published.path("eventsPerSecond").asDouble()).isEqualTo(300);
        assertThat(published.path("ratios").toString()).isEqualTo("[0.1,0.45,0.3]");
    }

    @Test
    void whatWasNotMeasuredIsMissing() {
        BenchReport report = report(throughput("published", round(100, 1000)));
        assertThat(report.json().has("rows")).isFalse();
        assertThat(report.json().has("idle")).isFalse();
        assertThat(report.table()).doesNotContain("Row changes", "Idle", "Peak memory");
    }

    @Test
    void theJsonHasEveryFigure() {
        JsonNode json = report(
                        throughput("rows", round(500, 1000)),
                        new LatencyPhase.Result(LATENCY, SLOWER),
                        fairness(),
                        new RetryPhase.Result(LATENCY),
                        new IdlePhase.Result(0.5, 0.4),
                        new PeakMemory(300L << 20))
                .json();
        assertThat(json.path("rows").path("walBytesPerEvent").asDouble()).isEqualTo(1500);
        assertThat(json.path("latency").path("at100").path("p99Ms").asDouble()).isEqualTo(4);
        assertThat(json.path("latency").path("at1000").path("p99Ms").asDouble()).isEqualTo(6);
        assertThat(json.path("fairness").path("ratioOfP99").asDouble()).isEqualTo(1);
        assertThat(json.path("fairness").path("ratios").toString()).isEqualTo("[1.0,0.667,1.5]");
        assertThat(json.path("retryLateness").path("p50Ms").asDouble()).isEqualTo(2);
        assertThat(json.path("idle").path("cpuPercent").asDouble()).isEqualTo(0.5);
        assertThat(json.path("memory").path("peakBytes").asLong()).isEqualTo(300L << 20);
        assertThat(json.path("machine").path("cores").asInt()).isEqualTo(2);
        assertThat(json.path("verified").path("lost").asInt()).isEqualTo(1);
    }

    @Test
    void theTableHasALineForEach() {
        String table = report(throughput("rows", round(500, 1000)), fairness()).table();
        assertThat(table)
                .contains("Row changes             500/s, 50.0 % of the ceiling of 1000/s (rounds: [50.0])")
                .contains("  beside a hanging one  p50 2.00 ms, p99 4.00 ms, max 4.00 ms of 2; p99 ratio 1.00")
                .contains("(rounds: [1.00, 0.67, 1.50])")
                .contains("Verified                10 events: 1 lost, 0 out of order, 1 repeated, 0 under another id");
    }

    /** Each protocol has its own middle round, and is compared with plain HTTP of the same round. */
    @Test
    void httpsIsComparedWithPlainHttpOfItsRound() {
        List<HttpsPhase.Round> rounds = List.of(
                https(1000, 600, 900, Optional.of(costs(0.2))),
                https(2000, 1400, 800, Optional.of(costs(0.3))),
                https(500, 250, 250, Optional.of(costs(0.4))));
        BenchReport report = report(new HttpsPhase.Result(Map.of("rows", rounds)));
        JsonNode rows = report.json().path("https").path("rows");
        assertThat(rows.path("https").path("ratioToPlain").asDouble()).isEqualTo(0.6);
        assertThat(rows.path("https").path("plainPerSecond").asDouble()).isEqualTo(1000);
        assertThat(rows.path("https").path("nexusCpuSecondsPer1000").asDouble()).isEqualTo(0.2);
        assertThat(rows.path("https").path("ratios").toString()).isEqualTo("[0.6,0.7,0.5]");
        assertThat(rows.path("http2").path("ratioToPlain").asDouble()).isEqualTo(0.5);
        assertThat(rows.path("http2").path("eventsPerSecond").asDouble()).isEqualTo(250);
        assertThat(report.table())
                .contains("Rows, TLS HTTP/1.1      600/s, 0.60 of plain HTTP's 1000/s (rounds: [0.60, 0.70, 0.50])")
                .contains("Nexus 0.200 s of CPU, plain HTTP 0.100 s")
                .contains("Rows, TLS HTTP/2        250/s, 0.50 of plain HTTP's 500/s");
    }

    @Test
    void httpsOfARunningInstanceHasNoCosts() {
        BenchReport report =
                report(new HttpsPhase.Result(Map.of("published", List.of(https(1000, 600, 900, Optional.empty())))));
        assertThat(report.json().path("https").path("published").path("https").has("nexusCpuSecondsPer1000"))
                .isFalse();
        assertThat(report.table()).contains("Published, TLS HTTP/2   900/s").doesNotContain("of CPU");
    }

    @Test
    void aLostDeliveryOfTheFanOutIsAFailure() {
        Section whole = fanOut(new Spread.Verdict(3000, 3000, 2));
        Section lossy = fanOut(new Spread.Verdict(3000, 2999, 0));
        assertThat(whole.isClean()).isTrue();
        assertThat(lossy.isClean()).isFalse();
        JsonNode json = report(lossy).json().path("fanOut");
        assertThat(json.path("lost").asInt()).isEqualTo(1);
        assertThat(json.path("deliveriesPerSecond").asDouble()).isEqualTo(2000);
        assertThat(json.path("rounds").toString()).isEqualTo("[1000.0,3000.0,2000.0]");
        assertThat(json.path("connections").asInt()).isEqualTo(30);
        assertThat(json.path("publishing").path("p99Ms").asDouble()).isEqualTo(4);
        assertThat(report(whole).table())
                .contains("One event to 1000       2000 deliveries/s (rounds: [1000, 3000, 2000]), 30 connections")
                .contains("  verified              3000 deliveries: 0 lost, 2 repeated");
    }

    private static Section fanOut(Spread.Verdict verdict) {
        return new FanOutPhase.Result(
                1000,
                List.of(
                        new FanOutPhase.Round(1000, Optional.of(costs(0.2)), 10),
                        new FanOutPhase.Round(3000, Optional.of(costs(0.3)), 20),
                        new FanOutPhase.Round(2000, Optional.of(costs(0.4)), 30)),
                LATENCY,
                SLOWER,
                LATENCY,
                verdict);
    }

    /** Rates of two instances have different ceilings, and only their ratios are compared. */
    @Test
    void profilesAreComparedByTheirRatiosToTheCeiling() {
        List<ProfilesPhase.Pair> pairs = List.of(
                new ProfilesPhase.Pair(round(400, 1000), round(100, 1000)),
                new ProfilesPhase.Pair(round(400, 1000), round(560, 2000)),
                new ProfilesPhase.Pair(round(500, 1000), round(250, 1000)));
        BenchReport report = report(new ProfilesPhase.Result(
                List.of(new ProfilesPhase.Compared("rows", "Row changes", pairs)), 300L << 20, 90L << 20));
        JsonNode rows = report.json().path("profiles").path("rows");
        assertThat(rows.path("nativeToJvm").asDouble()).isEqualTo(0.5);
        assertThat(rows.path("ratios").toString()).isEqualTo("[0.25,0.7,0.5]");
        assertThat(rows.path("jvm").path("ratioToCeiling").asDouble()).isEqualTo(0.5);
        assertThat(rows.path("native").path("ratioToCeiling").asDouble()).isEqualTo(0.25);
        assertThat(report.table())
                .contains("  native to JVM         0.50 of its ratio to the ceiling (rounds: [0.25, 0.70, 0.50])")
                .contains("Peak memory             JVM 300 MiB, native 90 MiB");
    }

    @Test
    void nothingToCompareWithIsNoDivisionByZero() {
        assertThat(https(0, 0, 0, Optional.empty()).toPlain(Protocol.HTTPS)).isZero();
        assertThat(new ProfilesPhase.Pair(round(0, 1000), round(5, 1000)).nativeToJvm())
                .isZero();
    }
}
