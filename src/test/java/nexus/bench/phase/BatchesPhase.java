package nexus.bench.phase;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.bench.phase.DeliveryRate.Costs;
import nexus.bench.phase.DeliveryRate.Delivered;
import nexus.bench.report.Figures;
import nexus.bench.report.Section;
import nexus.bench.report.Table;
import nexus.bench.subject.Subject;

/** The throughput with up to a hundred events in a request, beside that of single events in the same round. */
public final class BatchesPhase {
    private static final int ROUNDS = 3;
    private static final double WARM_UP_SECONDS = 8;
    private static final String SINGLE = "single";
    private static final String BATCHED = "batched";
    private static final String BATCH = ",\"batch\":{\"maxSize\":100,\"maxWait\":\"100ms\"}";

    private final Subject subject;
    private final double seconds;
    private final double warmUpSeconds;

    /** @param warmUp seconds, at most */
    public BatchesPhase(Subject subject, double seconds, double warmUp) {
        this.subject = subject;
        this.seconds = seconds;
        this.warmUpSeconds = Math.min(warmUp, WARM_UP_SECONDS);
    }

    /** One way in, one after the other. */
    record Round(Delivered single, Delivered batched) {
        double toSingle() {
            return Figures.ratio(batched.perSecond(), single.perSecond());
        }
    }

    /** @param rounds by the way in */
    record Result(Map<String, List<Round>> rounds) implements Section {
        @Override
        public void json(ObjectNode root) {
            ObjectNode batches = root.putObject("batches");
            rounds.forEach((way, all) -> {
                Round middle = Figures.middle(all, Round::toSingle);
                ObjectNode into = batches.putObject(way)
                        .put("eventsPerSecond", Figures.rounded(middle.batched.perSecond()))
                        .put("singlePerSecond", Figures.rounded(middle.single.perSecond()))
                        .put("ratioToSingle", Figures.rounded(middle.toSingle()));
                cpu(middle.batched).ifPresent(cpu -> into.put("nexusCpuSecondsPer1000", Figures.rounded(cpu)));
                Figures.ratios(into.putArray("ratios"), all, Round::toSingle);
            });
        }

        private static Optional<Double> cpu(Delivered delivered) {
            return delivered.costs().map(Costs::nexusCpuSecondsPer1000);
        }

        @Override
        public void table(Table table) {
            rounds.forEach((way, all) -> {
                Round middle = Figures.middle(all, Round::toSingle);
                table.line(
                        (way.equals("rows") ? "Rows" : "Published") + ", 100 a batch",
                        "%.0f/s, %.2f of the %.0f/s of single ones (rounds: %s)",
                        middle.batched.perSecond(),
                        middle.toSingle(),
                        middle.single.perSecond(),
                        Table.texts("%.2f", all.stream().mapToDouble(Round::toSingle)));
            });
        }
    }

    public Section run() throws Exception {
        List<String> subscriptions = new ArrayList<>();
        try {
            follow(SINGLE, "/count", "", subscriptions);
            follow(BATCHED, "/many", BATCH, subscriptions);
            return measured();
        } finally {
            for (String subscription : subscriptions) {
                subject.api().unsubscribe(subscription);
            }
            subject.dropTable(SINGLE);
            subject.dropTable(BATCHED);
        }
    }

    private void follow(String name, String path, String more, List<String> subscriptions) throws Exception {
        subject.followRows(name, subject.endpoint(path), more).ifPresent(subscriptions::add);
        subscriptions.add(subject.followPublished(name, subject.endpoint(path), more));
        new WarmUp(subject).run(name, warmUpSeconds);
    }

    private Section measured() throws Exception {
        Map<String, List<Round>> rounds = new LinkedHashMap<>();
        try (Ways single = new Ways(subject, SINGLE);
                Ways batched = new Ways(subject, BATCHED)) {
            for (int i = 0; i < ROUNDS; i++) {
                for (int way = 0; way < single.all().size(); way++) {
                    Delivered one = rate(single.all().get(way));
                    Delivered many = rate(batched.all().get(way));
                    rounds.computeIfAbsent(single.all().get(way).field(), first -> new ArrayList<>())
                            .add(new Round(one, many));
                }
            }
        }
        return new Result(rounds);
    }

    private Delivered rate(Ways.Way way) throws Exception {
        return new DeliveryRate(subject, seconds / 2).of(way.writers());
    }
}
