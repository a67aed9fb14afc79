package nexus.bench.phase;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.bench.phase.Ceiling.Speed;
import nexus.bench.phase.DeliveryRate.Costs;
import nexus.bench.phase.DeliveryRate.Delivered;
import nexus.bench.report.Figures;
import nexus.bench.report.Section;
import nexus.bench.report.Table;
import nexus.bench.subject.EventSource;
import nexus.bench.subject.Subject;

/**
 * Events committed to webhooks received while a backlog is kept up, and the ceiling right before and right after, each
 * time. In rounds, because other work on the machine comes and goes: a ratio holds within its round.
 */
public final class ThroughputPhase {
    private static final int ROUNDS = 5;

    private final Subject subject;
    private final Ceiling ceiling;
    private final double seconds;

    public ThroughputPhase(Subject subject, Ceiling ceiling, double seconds) {
        this.subject = subject;
        this.ceiling = ceiling;
        this.seconds = seconds;
    }

    /**
     * One round.
     *
     * @param ceiling halfway between the one before and the one after: the machine becomes faster and slower meanwhile
     */
    record Round(double eventsPerSecond, Speed ceiling, Optional<Costs> costs) {
        double ofCeiling() {
            return Figures.ratio(eventsPerSecond, ceiling.perSecond());
        }
    }

    /**
     * One way in.
     *
     * @param field in JSON
     * @param title in the table
     */
    record Result(String field, String title, List<Round> rounds) implements Section {
        private Round middle() {
            return Figures.middle(rounds, Round::ofCeiling);
        }

        @Override
        public void json(ObjectNode root) {
            ObjectNode into = root.putObject(field);
            json(into, middle());
            Figures.ratios(into.putArray("ratios"), rounds, Round::ofCeiling);
        }

        static void json(ObjectNode into, Round round) {
            into.put("eventsPerSecond", Figures.rounded(round.eventsPerSecond()))
                    .put("ceilingPerSecond", Figures.rounded(round.ceiling().perSecond()))
                    .put("ratioToCeiling", Figures.rounded(round.ofCeiling()))
                    .put(
                            "ceilingCpuSecondsPer1000",
                            Figures.rounded(round.ceiling().cpuSecondsPer1000()));
            round.costs().ifPresent(costs -> costs.json(into));
        }

        @Override
        public void table(Table table) {
            table(table, title, rounds);
        }

        static void table(Table table, String title, List<Round> rounds) {
            Round middle = Figures.middle(rounds, Round::ofCeiling);
            table.line(
                    title,
                    "%.0f/s, %.1f %% of the ceiling of %.0f/s (rounds: %s)",
                    middle.eventsPerSecond(),
                    100 * middle.ofCeiling(),
                    middle.ceiling().perSecond(),
                    Table.texts("%.1f", rounds.stream().mapToDouble(round -> 100 * round.ofCeiling())));
            middle.costs()
                    .ifPresent(costs -> table.line(
                            "  for 1000 events",
                            "Nexus %.3f s of CPU, PostgreSQL %.3f s (ceiling %.3f s); WAL %.0f bytes and %.3f"
                                    + " transactions an event",
                            costs.nexusCpuSecondsPer1000(),
                            costs.postgresCpuSecondsPer1000(),
                            middle.ceiling().cpuSecondsPer1000(),
                            costs.walBytesPerEvent(),
                            costs.transactionsPerEvent()));
        }
    }

    /** @return each way in, with its rounds */
    public List<Section> run() throws Exception {
        try (Ways ways = new Ways(subject, WarmUp.MAIN)) {
            List<Result> results = new ArrayList<>();
            for (Ways.Way way : ways.all()) {
                results.add(new Result(way.field(), way.title(), new ArrayList<>()));
            }
            Speed possible = ceiling.measure(seconds / 2);
            for (int i = 0; i < ROUNDS; i++) {
                for (int way = 0; way < results.size(); way++) {
                    possible = addRound(
                            results.get(way).rounds(), ways.all().get(way).writers(), possible);
                }
            }
            return List.copyOf(results);
        }
    }

    /** @return the ceiling after it, which is the one before the next */
    Speed addRound(List<Round> rounds, List<? extends EventSource> writers, Speed before) throws Exception {
        Delivered delivered = new DeliveryRate(subject, seconds).of(writers);
        Speed after = ceiling.measure(seconds / 2);
        rounds.add(new Round(delivered.perSecond(), before.halfwayTo(after), delivered.costs()));
        return after;
    }
}
