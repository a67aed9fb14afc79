package nexus.bench.phase;

import com.fasterxml.jackson.databind.node.ObjectNode;
import nexus.bench.report.Section;
import nexus.bench.report.Table;

/** The most memory that Nexus's process has had resident so far. */
public record PeakMemory(long bytes) implements Section {
    @Override
    public void json(ObjectNode root) {
        root.putObject("memory").put("peakBytes", bytes);
    }

    @Override
    public void table(Table table) {
        table.line("Peak memory", "%d MiB", bytes >> 20);
    }
}
