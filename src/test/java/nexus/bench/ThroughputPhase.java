package nexus.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.bench.Ceiling.Speed;

/**
 * Events committed to webhooks received while a backlog is kept up, and the ceiling right before and right after, each
 * time. In rounds, because other work on the machine comes and goes: a ratio holds within its round.
 */
final class ThroughputPhase {
    private static final double RAMP_SECONDS = 1;

    private final Subject subject;
    private final Ceiling ceiling;
    private final double seconds;

    ThroughputPhase(Subject subject, Ceiling ceiling, double seconds) {
        this.subject = subject;
        this.ceiling = ceiling;
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
            double transactionsPerEvent) {}

    /**
     * One round.
     *
     * @param ceiling halfway between the one before and the one after: the machine becomes faster and slower meanwhile
     */
    record Round(double eventsPerSecond, Speed ceiling, Optional<Costs> costs) {
        double ofCeiling() {
            return eventsPerSecond / ceiling.perSecond();
        }
    }

    private record Delivered(double perSecond, Optional<Costs> costs) {}

    /** @return both ways in, each with its rounds */
    List<List<Round>> run(int rounds) throws Exception {
        Speed possible = ceiling();
        List<Round> rows = new ArrayList<>();
        List<Round> published = new ArrayList<>();
        List<RowWriter> writers = subject.rowWriters();
        List<EventPublisher> publishers = subject.publishers();
        try {
            for (int i = 0; i < rounds; i++) {
                if (!writers.isEmpty()) {
                    possible = addRound(rows, writers, possible);
                }
                possible = addRound(published, publishers, possible);
            }
        } finally {
            for (RowWriter writer : writers) {
                writer.close();
            }
        }
        return List.of(rows, published);
    }

    /** @return the ceiling after it, which is the one before the next */
    private Speed addRound(List<Round> rounds, List<? extends EventSource> writers, Speed before) throws Exception {
        Delivered delivered = delivered(writers);
        Speed after = ceiling();
        rounds.add(new Round(delivered.perSecond(), before.halfwayTo(after), delivered.costs()));
        return after;
    }

    private Speed ceiling() throws Exception {
        return ceiling.measure(seconds / 2);
    }

    private Delivered delivered(List<? extends EventSource> writers) throws Exception {
        return subject.load().underBacklog(writers, () -> {
            sleep(RAMP_SECONDS);
            Optional<Inside.Sample> before = sample();
            long received = subject.ledger().received();
            long start = System.nanoTime();
            sleep(seconds);
            double took = (System.nanoTime() - start) / 1e9;
            long events = subject.ledger().received() - received;
            Optional<Inside.Sample> after = sample();
            return new Delivered(
                    events / took, before.flatMap(first -> after.map(last -> costs(last.since(first), events))));
        });
    }

    private Optional<Inside.Sample> sample() throws Exception {
        return subject.inside().isEmpty()
                ? Optional.empty()
                : Optional.of(subject.inside().get().sample());
    }

    private static Costs costs(Inside.Sample used, long events) {
        return new Costs(
                used.nexusCpuSeconds() * 1000 / events,
                used.postgresCpuSeconds() * 1000 / events,
                (double) used.walBytes() / events,
                (double) used.transactions() / events);
    }

    private static void sleep(double seconds) throws InterruptedException {
        Thread.sleep((long) (seconds * 1000));
    }
}
