package nexus.bench.phase;

import com.fasterxml.jackson.databind.node.ObjectNode;
import nexus.bench.report.Figures;
import nexus.bench.report.Section;
import nexus.bench.report.Table;
import nexus.bench.subject.Inside;

/** What Nexus costs when nothing happens. */
public final class IdlePhase {
    /** Above DELIVERY_TIMEOUT: by then the requests that hung are over. */
    private static final long SETTLE_MILLIS = 17_000;

    private static final long WINDOW_MILLIS = 20_000;

    private IdlePhase() {}

    /**
     * What was used.
     *
     * @param cpuPercent of one core
     * @param transactionsPerSecond of everybody in Nexus's database
     */
    record Result(double cpuPercent, double transactionsPerSecond) implements Section {
        @Override
        public void json(ObjectNode root) {
            root.putObject("idle")
                    .put("cpuPercent", Figures.rounded(cpuPercent))
                    .put("transactionsPerSecond", Figures.rounded(transactionsPerSecond));
        }

        @Override
        public void table(Table table) {
            table.line("Idle", "%.2f %% of one core, %.2f transactions/s", cpuPercent, transactionsPerSecond);
        }
    }

    public static Section run(Inside inside) throws Exception {
        Thread.sleep(SETTLE_MILLIS);
        Inside.Sample before = inside.sample();
        Thread.sleep(WINDOW_MILLIS);
        Inside.Sample used = inside.sample().since(before);
        double seconds = WINDOW_MILLIS / 1000.0;
        return new Result(used.nexusCpuSeconds() * 100 / seconds, used.transactions() / seconds);
    }
}
