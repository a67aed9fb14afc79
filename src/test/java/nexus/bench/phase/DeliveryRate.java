package nexus.bench.phase;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import nexus.bench.report.Figures;
import nexus.bench.subject.EventSource;
import nexus.bench.subject.Inside;
import nexus.bench.subject.Subject;

/** Events that are received while a backlog is kept up, and what they cost. */
final class DeliveryRate {
    private static final double RAMP_SECONDS = 1;

    private final Subject subject;
    private final double seconds;

    DeliveryRate(Subject subject, double seconds) {
        this.subject = subject;
        this.seconds = seconds;
    }

    /**
     * What one event cost.
     *
     * @param nexusCpuSecondsPer1000 of Nexus's process
     * @param postgresCpuSecondsPer1000 of all of PostgreSQL's processes, for writing and decoding the row itself too
     */
    record Costs(
            double nexusCpuSecondsPer1000,
            double postgresCpuSecondsPer1000,
            double walBytesPerEvent,
            double transactionsPerEvent) {
        static Costs of(Inside.Sample used, long events) {
            return new Costs(
                    used.nexusCpuSeconds() * 1000 / events,
                    used.postgresCpuSeconds() * 1000 / events,
                    (double) used.walBytes() / events,
                    (double) used.transactions() / events);
        }

        void json(ObjectNode into) {
            into.put("nexusCpuSecondsPer1000", Figures.rounded(nexusCpuSecondsPer1000))
                    .put("postgresCpuSecondsPer1000", Figures.rounded(postgresCpuSecondsPer1000))
                    .put("walBytesPerEvent", Figures.rounded(walBytesPerEvent))
                    .put("transactionsPerEvent", Figures.rounded(transactionsPerEvent));
        }
    }

    record Delivered(double perSecond, Optional<Costs> costs) {}

    Delivered of(List<? extends EventSource> writers) throws Exception {
        return subject.load().underBacklog(writers, () -> {
            Pause.seconds(RAMP_SECONDS);
            Optional<Inside.Sample> before = sample(subject);
            long received = subject.ledger().received();
            long start = System.nanoTime();
            Pause.seconds(seconds);
            double took = (System.nanoTime() - start) / 1e9;
            long events = subject.ledger().received() - received;
            return new Delivered(events / took, costs(subject, before, events));
        });
    }

    static Optional<Inside.Sample> sample(Subject subject) throws Exception {
        return subject.inside().isEmpty()
                ? Optional.empty()
                : Optional.of(subject.inside().get().sample());
    }

    static Optional<Costs> costs(Subject subject, Optional<Inside.Sample> before, long events) throws Exception {
        Optional<Inside.Sample> after = sample(subject);
        return events == 0
                ? Optional.empty()
                : before.flatMap(first -> after.map(last -> Costs.of(last.since(first), events)));
    }
}
