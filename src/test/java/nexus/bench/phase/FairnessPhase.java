package nexus.bench.phase;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import nexus.bench.receiver.Percentiles;
import nexus.bench.report.Figures;
import nexus.bench.report.Section;
import nexus.bench.report.Table;
import nexus.bench.subject.EventPublisher;
import nexus.bench.subject.EventSource;
import nexus.bench.subject.Load;
import nexus.bench.subject.Subject;

/**
 * Ten healthy endpoints with a steady load, in turns by themselves and beside one that takes requests and never answers: a
 * stall of the machine is in one turn, and not in what all of them say.
 */
public final class FairnessPhase {
    private static final int ENDPOINTS = 10;
    private static final int HEALTHY_PER_SECOND = 200;
    private static final int HANGING_PER_SECOND = 100;
    private static final int ROUNDS = 3;
    private static final double RAMP_SECONDS = 1;
    /** Its publishers' numbers are behind those of the others, and with them its keys. */
    private static final int FIRST_PUBLISHER = 20;

    private final Subject subject;
    private final double seconds;

    public FairnessPhase(Subject subject, double seconds) {
        this.subject = subject;
        this.seconds = seconds;
    }

    /** From sending the request that publishes to the receipt. */
    record Round(Percentiles alone, Percentiles besideHanging) {
        double ratioOfP99() {
            return Figures.ratio(besideHanging.millis(0.99), alone.millis(0.99));
        }
    }

    record Result(List<Round> rounds) implements Section {
        @Override
        public void json(ObjectNode root) {
            Round middle = Figures.middle(rounds, Round::ratioOfP99);
            ObjectNode fairness = root.putObject("fairness");
            Figures.percentiles(fairness.putObject("alone"), middle.alone());
            Figures.percentiles(fairness.putObject("besideHanging"), middle.besideHanging());
            fairness.put("ratioOfP99", Figures.rounded(middle.ratioOfP99()));
            Figures.ratios(fairness.putArray("ratios"), rounds, Round::ratioOfP99);
        }

        @Override
        public void table(Table table) {
            Round middle = Figures.middle(rounds, Round::ratioOfP99);
            table.line("Healthy endpoints", "%s", middle.alone());
            table.line(
                    "  beside a hanging one",
                    "%s; p99 ratio %.2f (rounds: %s)",
                    middle.besideHanging(),
                    middle.ratioOfP99(),
                    Table.texts("%.2f", rounds.stream().mapToDouble(Round::ratioOfP99)));
        }
    }

    public Section run() throws Exception {
        List<String> subscriptions = new ArrayList<>();
        List<EventPublisher> publishers = new ArrayList<>();
        for (int i = 0; i < ENDPOINTS; i++) {
            String type = subject.type("healthy-" + i);
            subscriptions.add(subject.api().subscribe(subject.endpoint("/count/" + i), type, ""));
            publishers.add(new EventPublisher(subject.ledger(), subject.api()::publish, type, FIRST_PUBLISHER + i));
        }
        List<Round> rounds = new ArrayList<>();
        try (EventSource healthy = inTurns(publishers)) {
            for (int i = 0; i < ROUNDS; i++) {
                rounds.add(new Round(measured(healthy), besideHanging(healthy)));
            }
        } finally {
            for (String id : subscriptions) {
                subject.api().unsubscribe(id);
            }
        }
        return new Result(rounds);
    }

    private Percentiles measured(EventSource healthy) throws Exception {
        Load.write(healthy, HEALTHY_PER_SECOND, RAMP_SECONDS);
        return subject.load().atRate(healthy, HEALTHY_PER_SECOND, secondsEach());
    }

    private double secondsEach() {
        return seconds / 2;
    }

    private Percentiles besideHanging(EventSource healthy) throws Exception {
        String hanging = subject.api().subscribe(subject.endpoint("/hang"), subject.type("hanging"), "");
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<Void> writing = thread.submit(() -> {
                Load.write(uncounted(), HANGING_PER_SECOND, secondsEach() + 2 * RAMP_SECONDS);
                return null;
            });
            Percentiles measured = measured(healthy);
            writing.get();
            return measured;
        } finally {
            subject.api().unsubscribe(hanging);
        }
    }

    private static EventSource inTurns(List<EventPublisher> publishers) {
        return new EventSource() {
            private int turn;

            @Override
            public void write(int count) throws Exception {
                publishers.get(turn).write(count);
                turn = (turn + 1) % publishers.size();
            }

            @Override
            public void close() {
                // nothing to close
            }
        };
    }

    /** Events that nobody waits for. */
    private EventSource uncounted() {
        return new EventSource() {
            @Override
            public void write(int count) throws Exception {
                String event = "{\"type\":\"" + subject.type("hanging") + "\",\"data\":{}}";
                String events = event + ("," + event).repeat(count - 1);
                subject.api().publish(events);
            }

            @Override
            public void close() {
                // nothing to close
            }
        };
    }
}
