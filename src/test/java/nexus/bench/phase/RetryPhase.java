package nexus.bench.phase;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nexus.bench.receiver.Percentiles;
import nexus.bench.report.Figures;
import nexus.bench.report.Section;
import nexus.bench.report.Table;
import nexus.bench.subject.Subject;

/** How late a retry comes that falls due while nothing else happens. */
public final class RetryPhase {
    private static final int SUBSCRIPTIONS = 10;
    private static final int EVENTS_EACH = 5; // fewer failures in a row than open a breaker
    private static final int EVENTS = SUBSCRIPTIONS * EVENTS_EACH;
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Subject subject;

    public RetryPhase(Subject subject) {
        this.subject = subject;
    }

    /** From the time that the API told to the receipt of the second attempt. */
    record Result(Percentiles lateness) implements Section {
        @Override
        public void json(ObjectNode root) {
            Figures.percentiles(root.putObject("retryLateness"), lateness);
        }

        @Override
        public void table(Table table) {
            table.line("A due retry is late by", "%s", lateness);
        }
    }

    public Section run() throws Exception {
        List<String> subscriptions = new ArrayList<>();
        List<String> events = new ArrayList<>();
        for (int i = 0; i < SUBSCRIPTIONS; i++) {
            String type = subject.type("retried-" + i);
            subscriptions.add(subject.api()
                    .subscribe(subject.endpoint("/fail-once"), type, ",\"retry\":{\"baseSeconds\":2,\"cap\":\"2s\"}"));
            events.addAll(Collections.nCopies(EVENTS_EACH, "{\"type\":\"" + type + "\",\"data\":{}}"));
        }
        try {
            subject.api().publish(String.join(",", events));
            return new Result(lateness(dueTimes(subscriptions)));
        } finally {
            for (String subscription : subscriptions) {
                subject.api().unsubscribe(subscription);
            }
        }
    }

    private Map<String, Instant> dueTimes(List<String> subscriptions) throws Exception {
        Map<String, Instant> due = new HashMap<>();
        Instant deadline = Instant.now().plus(PATIENCE);
        while (due.size() < EVENTS && Instant.now().isBefore(deadline)) {
            JsonNode page = subject.api().get("/v1/deliveries?status=FAILED&limit=250");
            for (JsonNode delivery : page.path("data")) {
                if (subscriptions.contains(delivery.path("subscriptionId").asText())) {
                    due.put(
                            delivery.path("eventId").asText(),
                            Instant.parse(delivery.path("nextRunAt").asText()));
                }
            }
            Thread.sleep(100);
        }
        return due;
    }

    private Percentiles lateness(Map<String, Instant> due) throws InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!subject.receiver().receipts().triedAgain().keySet().containsAll(due.keySet())
                && Instant.now().isBefore(deadline)) {
            Thread.sleep(50);
        }
        Map<String, Instant> tried = subject.receiver().receipts().triedAgain();
        long[] late = due.entrySet().stream()
                .filter(entry -> tried.containsKey(entry.getKey()))
                .mapToLong(entry -> Duration.between(entry.getValue(), tried.get(entry.getKey()))
                        .toNanos())
                .toArray();
        return Percentiles.of(late);
    }
}
