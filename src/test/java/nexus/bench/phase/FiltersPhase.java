package nexus.bench.phase;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import nexus.bench.phase.Ceiling.Speed;
import nexus.bench.phase.ThroughputPhase.Round;
import nexus.bench.report.Figures;
import nexus.bench.report.Section;
import nexus.bench.report.Table;
import nexus.bench.subject.Subject;

/**
 * Events with one subscription whose filter of three conditions lets all of them through, alone and beside others that
 * differ from it in one value; before that without a filter. With row changes only.
 */
public final class FiltersPhase {
    private static final int[] SUBSCRIPTIONS = {1, 100, 10_000};
    private static final int ROUNDS = 3;
    /** Subscriptions whose creation is timed, at each end. */
    private static final int TIMED = 100;

    private static final String NAME = "filtered";
    private static final String NOTE = "note ".repeat(20);
    private static final int FIRST_ARRIVAL_SECONDS = 30;

    private final Subject subject;
    private final Ceiling ceiling;
    private final double seconds;
    private final List<String> made = new ArrayList<>();
    private final List<Double> creationMillis = new ArrayList<>();

    public FiltersPhase(Subject subject, Ceiling ceiling, double seconds) {
        this.subject = subject;
        this.ceiling = ceiling;
        this.seconds = seconds;
    }

    /** @param filtered the number of subscriptions; 0: one without a filter */
    record Step(int filtered, List<Round> rounds) {
        private Round middle() {
            return Figures.middle(rounds, Round::ofCeiling);
        }

        private String title() {
            return filtered == 0
                    ? "Without a filter"
                    : String.format(Locale.ROOT, "Filters, %d subscriptions", filtered);
        }
    }

    /**
     * All of it.
     *
     * @param firstMillis how long the creation of one of the first took, on average
     * @param lastMillis the same of the last ones
     */
    record Result(List<Step> steps, double firstMillis, double lastMillis) implements Section {
        @Override
        public void json(ObjectNode root) {
            ObjectNode into = root.putObject("filters")
                    .put("creationMillisFirst", Figures.rounded(firstMillis))
                    .put("creationMillisLast", Figures.rounded(lastMillis));
            ArrayNode all = into.putArray("steps");
            for (Step step : steps) {
                ObjectNode one = all.addObject().put("subscriptions", step.filtered);
                ThroughputPhase.Result.json(one, step.middle());
                Figures.ratios(one.putArray("ratios"), step.rounds, Round::ofCeiling);
            }
        }

        @Override
        public void table(Table table) {
            steps.forEach(step -> ThroughputPhase.Result.table(table, step.title(), step.rounds));
            table.line("  creating one", "%.1f ms of the first, %.1f ms of the last", firstMillis, lastMillis);
        }
    }

    public Section run() throws Exception {
        List<Step> steps = new ArrayList<>();
        String unfiltered =
                subject.followRows(NAME, subject.endpoint("/count"), "").orElseThrow();
        try (Ways ways = new Ways(subject, NAME)) {
            Ways.Way rows = ways.all().getFirst();
            subject.load().isReceived(rows.writers().getFirst(), FIRST_ARRIVAL_SECONDS);
            Speed possible = ceiling.measure(seconds / 2);
            possible = add(steps, 0, rows, possible);
            subscribe(1); // before the other one goes, so that the table stays published
            subject.api().unsubscribe(unfiltered);
            for (int count : SUBSCRIPTIONS) {
                subscribe(count);
                possible = add(steps, count, rows, possible);
            }
        } finally {
            if (subject.inside().isEmpty()) { // a store of its own is thrown away as a whole
                for (String subscription : made) {
                    subject.api().unsubscribe(subscription);
                }
                subject.dropTable(NAME);
            }
        }
        return new Result(
                steps,
                average(creationMillis.subList(0, TIMED)),
                average(creationMillis.subList(creationMillis.size() - TIMED, creationMillis.size())));
    }

    private Speed add(List<Step> steps, int filtered, Ways.Way way, Speed before) throws Exception {
        List<Round> rounds = new ArrayList<>();
        Speed possible = before;
        for (int i = 0; i < ROUNDS; i++) {
            possible = new ThroughputPhase(subject, ceiling, seconds).addRound(rounds, way.writers(), possible);
        }
        steps.add(new Step(filtered, rounds));
        return possible;
    }

    /** Until there are so many. The first lets everything through, the others nothing. */
    private void subscribe(int count) throws Exception {
        while (made.size() < count) {
            String note = made.isEmpty() ? NOTE : "other " + made.size();
            String filter = ",\"filter\":{\"data\":{\"record\":{\"note\":\"" + note
                    + "\",\"status\":{\"$in\":[\"new\",\"paid\"]},\"amount\":{\"$gte\":0}}}}";
            long start = System.nanoTime();
            made.add(subject.followTable(NAME, subject.endpoint("/count"), filter));
            creationMillis.add((System.nanoTime() - start) / (double) TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static double average(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }
}
