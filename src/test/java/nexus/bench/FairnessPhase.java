package nexus.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Ten healthy endpoints with a steady load, first by themselves, then beside one that takes requests and never answers. */
final class FairnessPhase {
    private static final int ENDPOINTS = 10;
    private static final int HEALTHY_PER_SECOND = 200;
    private static final int HANGING_PER_SECOND = 100;
    private static final double RAMP_SECONDS = 1;
    /** Its publishers' numbers are behind those of the others, and with them its keys. */
    private static final int FIRST_PUBLISHER = 20;

    private final Subject subject;
    private final double seconds;

    FairnessPhase(Subject subject, double seconds) {
        this.subject = subject;
        this.seconds = seconds;
    }

    /** From sending the request that publishes to the receipt. */
    record Result(Percentiles alone, Percentiles besideHanging) {
        double ratioOfP99() {
            return alone.millis(0.99) == 0 ? 0 : besideHanging.millis(0.99) / alone.millis(0.99);
        }
    }

    Result run() throws Exception {
        List<String> subscriptions = new ArrayList<>();
        List<EventPublisher> publishers = new ArrayList<>();
        for (int i = 0; i < ENDPOINTS; i++) {
            String type = subject.type("healthy-" + i);
            subscriptions.add(subject.api().subscribe(subject.endpoint("/count/" + i), type, ""));
            publishers.add(new EventPublisher(subject.ledger(), subject.api(), type, FIRST_PUBLISHER + i));
        }
        subscriptions.add(subject.api().subscribe(subject.endpoint("/hang"), subject.type("hanging"), ""));
        try (EventSource healthy = inTurns(publishers)) {
            Load.write(healthy, HEALTHY_PER_SECOND, RAMP_SECONDS);
            Percentiles alone = subject.load().atRate(healthy, HEALTHY_PER_SECOND, seconds);
            return new Result(alone, besideHanging(healthy));
        } finally {
            for (String id : subscriptions) {
                subject.api().unsubscribe(id);
            }
        }
    }

    private Percentiles besideHanging(EventSource healthy) throws Exception {
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<Void> hanging = thread.submit(() -> {
                Load.write(uncounted(), HANGING_PER_SECOND, seconds + 2 * RAMP_SECONDS);
                return null;
            });
            Load.write(healthy, HEALTHY_PER_SECOND, RAMP_SECONDS);
            Percentiles measured = subject.load().atRate(healthy, HEALTHY_PER_SECOND, seconds);
            hanging.get();
            return measured;
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
