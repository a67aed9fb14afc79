package nexus.bench.phase;

import com.fasterxml.jackson.databind.node.ObjectNode;
import nexus.bench.receiver.Percentiles;
import nexus.bench.report.Figures;
import nexus.bench.report.Section;
import nexus.bench.report.Table;
import nexus.bench.subject.EventSource;
import nexus.bench.subject.Subject;

/** From sending a commit, or without a source a request, to receipt, at an even rate. */
public final class LatencyPhase {
    private final Subject subject;
    private final double seconds;

    public LatencyPhase(Subject subject, double seconds) {
        this.subject = subject;
        this.seconds = seconds;
    }

    /** At so many events a second. */
    record Result(Percentiles at100, Percentiles at1000) implements Section {
        @Override
        public void json(ObjectNode root) {
            ObjectNode latency = root.putObject("latency");
            Figures.percentiles(latency.putObject("at100"), at100);
            Figures.percentiles(latency.putObject("at1000"), at1000);
        }

        @Override
        public void table(Table table) {
            table.line("Latency at 100/s", "%s", at100);
            table.line("Latency at 1000/s", "%s", at1000);
        }
    }

    public Section run() throws Exception {
        if (subject.inside().isPresent()) { // what the load before has left behind
            subject.inside().get().checkpoint();
        }
        try (Ways ways = new Ways(subject, WarmUp.MAIN)) {
            EventSource writer = ways.all().getFirst().writers().getFirst();
            return new Result(
                    subject.load().atRate(writer, 100, seconds), subject.load().atRate(writer, 1000, seconds));
        }
    }
}
