package nexus.bench.phase;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import nexus.bench.phase.DeliveryRate.Costs;
import nexus.bench.receiver.CountingReceiver;
import nexus.bench.receiver.Percentiles;
import nexus.bench.receiver.Spread;
import nexus.bench.report.Figures;
import nexus.bench.report.Section;
import nexus.bench.report.Table;
import nexus.bench.subject.Inside;
import nexus.bench.subject.Subject;

/** One event to many endpoints, each with an address of its own: first one event after the other, then under a backlog. */
public final class FanOutPhase {
    private static final int ROUNDS = 3;
    private static final int EVENTS_ALONE = 10; // in each round
    private static final int EVENTS_OWED = 4; // under the backlog
    private static final long PATIENCE_SECONDS = 60;
    private static final long PAUSE_NANOS = 200_000;
    private static final String LOOPBACK = "127.0.0.1";
    private static final int ADDRESSES_PER_BYTE = 250;
    private static final String NOTE = "note ".repeat(20);

    private final Subject subject;
    private final Spread spread;
    private final double seconds;

    public FanOutPhase(Subject subject, double seconds) {
        this.subject = subject;
        this.spread = subject.receiver().receipts().spread();
        this.seconds = seconds;
    }

    /**
     * Deliveries under a backlog.
     *
     * @param connections that are open at its end
     */
    record Round(double deliveriesPerSecond, Optional<Costs> costs, int connections) {}

    /**
     * All of it.
     *
     * @param publishing from the request to its answer, while nothing else is owed
     * @param spreading from the request to the last receipt
     * @param publishingUnderLoad the same as {@code publishing}, under the backlog
     */
    record Result(
            int endpoints,
            List<Round> rounds,
            Percentiles publishing,
            Percentiles spreading,
            Percentiles publishingUnderLoad,
            Spread.Verdict verdict)
            implements Section {
        private Round middle() {
            return Figures.middle(rounds, Round::deliveriesPerSecond);
        }

        @Override
        public void json(ObjectNode root) {
            ObjectNode into = root.putObject("fanOut")
                    .put("endpoints", endpoints)
                    .put("deliveriesPerSecond", Figures.rounded(middle().deliveriesPerSecond()));
            Figures.ratios(into.putArray("rounds"), rounds, Round::deliveriesPerSecond);
            middle().costs().ifPresent(costs -> into.put(
                            "nexusCpuSecondsPer1000", Figures.rounded(costs.nexusCpuSecondsPer1000()))
                    .put("postgresCpuSecondsPer1000", Figures.rounded(costs.postgresCpuSecondsPer1000())));
            into.put("connections", middle().connections());
            Figures.percentiles(into.putObject("publishing"), publishing);
            Figures.percentiles(into.putObject("spreading"), spreading);
            Figures.percentiles(into.putObject("publishingUnderLoad"), publishingUnderLoad);
            into.put("sent", verdict.sent()).put("lost", verdict.lost()).put("repeats", verdict.repeats());
        }

        @Override
        public void table(Table table) {
            table.line(
                    "One event to " + endpoints,
                    "%.0f deliveries/s (rounds: %s), %d connections",
                    middle().deliveriesPerSecond(),
                    Table.texts("%.0f", rounds.stream().mapToDouble(Round::deliveriesPerSecond)),
                    middle().connections());
            middle().costs()
                    .ifPresent(costs -> table.line(
                            "  for 1000 deliveries",
                            "Nexus %.3f s of CPU, PostgreSQL %.3f s",
                            costs.nexusCpuSecondsPer1000(),
                            costs.postgresCpuSecondsPer1000()));
            table.line("  publishing it", "%s", publishing);
            table.line("  … under load", "%s", publishingUnderLoad);
            table.line("  to the last receipt", "%s", spreading);
            table.line(
                    "  verified",
                    "%d deliveries: %d lost, %d repeated",
                    verdict.sent(),
                    verdict.lost(),
                    verdict.repeats());
        }

        @Override
        public boolean isClean() {
            return verdict.lost() == 0;
        }
    }

    public Section run() throws Exception {
        List<String> subscriptions = new ArrayList<>();
        try {
            for (int i = 0; i < spread.endpoints(); i++) {
                subscriptions.add(subject.followPublished("fan-out", endpoint(i), ""));
            }
            publish(); // opens the first connections
            spread.awaitAll(PATIENCE_SECONDS);
            return measured();
        } finally {
            if (subject.inside().isEmpty()) { // a store of its own is thrown away as a whole
                for (String subscription : subscriptions) {
                    subject.api().unsubscribe(subscription);
                }
            }
        }
    }

    /** On another address of this machine where every one of 127.0.0.0/8 is one, else on another port. */
    private URI endpoint(int number) throws IOException {
        String host = subject.receiverBase().getHost();
        CountingReceiver receiver = subject.receiver();
        if (host.equals(LOOPBACK)) {
            String own = "127.1." + number / ADDRESSES_PER_BYTE + "." + (1 + number % ADDRESSES_PER_BYTE);
            try {
                return endpoint(own, receiver.listen(own), number);
            } catch (BindException e) {
                // this machine has no such address
            }
        }
        return endpoint(host, receiver.listen(Subject.bindAddress(host)), number);
    }

    private static URI endpoint(String host, int port, int number) {
        return URI.create("http://" + host + ":" + port + "/each/" + number);
    }

    private Result measured() throws Exception {
        Durations publishing = new Durations();
        Durations spreading = new Durations();
        Durations underLoad = new Durations();
        List<Round> rounds = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            for (int event = 0; event < EVENTS_ALONE; event++) {
                long start = System.nanoTime();
                publishing.add(publish());
                spread.awaitAll(PATIENCE_SECONDS);
                spreading.add(System.nanoTime() - start);
            }
            rounds.add(underBacklog(underLoad));
        }
        return new Result(
                spread.endpoints(),
                rounds,
                publishing.percentiles(),
                spreading.percentiles(),
                underLoad.percentiles(),
                spread.verdict());
    }

    private Round underBacklog(Durations publishing) throws Exception {
        Optional<Inside.Sample> before = DeliveryRate.sample(subject);
        long received = spread.received();
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            if (spread.outstanding() <= (EVENTS_OWED - 1L) * spread.endpoints()) {
                publishing.add(publish());
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        double took = (System.nanoTime() - start) / 1e9;
        long deliveries = spread.received() - received;
        Optional<Costs> costs = DeliveryRate.costs(subject, before, deliveries);
        int connections = subject.receiver().connections();
        spread.awaitAll(PATIENCE_SECONDS);
        return new Round(deliveries / took, costs, connections);
    }

    /** @return how long it took, in nanoseconds */
    private long publish() throws IOException, InterruptedException {
        long number = spread.next();
        String event = "{\"type\":\"" + subject.type("fan-out") + "\",\"data\":{\"n\":" + number + ",\"note\":\"" + NOTE
                + "\"}}";
        long start = System.nanoTime();
        subject.api().publish(event);
        return System.nanoTime() - start;
    }

    /** Measured values, as they come. */
    private static final class Durations {
        private long[] nanos = new long[64];
        private int count;

        void add(long one) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = one;
        }

        Percentiles percentiles() {
            return Percentiles.of(Arrays.copyOf(nanos, count));
        }
    }
}
