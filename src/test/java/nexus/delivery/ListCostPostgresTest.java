package nexus.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.delivery.event.EventFilter;
import nexus.delivery.event.StoredEventRepository;
import nexus.delivery.state.DeliveryFilter;
import nexus.delivery.state.DeliveryPosition;
import nexus.delivery.state.DeliveryRepository;
import nexus.delivery.state.DeliveryStatus;
import nexus.store.Store;
import nexus.testkit.ManyRows;
import nexus.testkit.PageCosts;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A page costs the store little, whatever it is filtered by and however much there is. */
class ListCostPostgresTest {
    private static final long MOST_ROWS = 60_000;
    private static final long MOST_BUFFERS = 25_000;

    @SuppressWarnings("TimeInStaticInitializer") // the rows of this test are as old as its class
    private static final Instant NOW = Instant.now();

    private static final Optional<?> ANY = Optional.empty();
    private static final List<?> SINCE = List.of(ANY, Optional.of(NOW.minus(Duration.ofHours(6))));
    private static final List<?> UNTIL = List.of(ANY, Optional.of(NOW.minus(Duration.ofHours(7 * 24 - 1))));
    private static final List<?> TYPE =
            List.of(ANY, Optional.of("pg.public.table4.update"), Optional.of("rare.oldest"), Optional.of("fan.out"));

    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(ManyRows.url()));
    private final PageCosts costs = new PageCosts(store);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void everyPageOfEventsIsBounded() {
        Map<String, List<?>> fields = Map.of("type", TYPE, "since", SINCE, "until", UNTIL);
        assertThat(fields).containsOnlyKeys(componentsButKey(EventFilter.class));
        long belowTheBurst = lastSeqOf("fan.out") + 1;
        for (Map<String, Object> chosen : PageCosts.combinations(fields)) {
            EventFilter filter = new EventFilter(
                    PageCosts.chosen(chosen, "type"),
                    PageCosts.chosen(chosen, "since"),
                    PageCosts.chosen(chosen, "until"));
            for (int limit : List.of(50, 250)) {
                costs.add(limit + " " + filter, StoredEventRepository.reading(filter, Long.MAX_VALUE, limit));
                costs.add(
                        limit + " behind the burst " + filter,
                        StoredEventRepository.reading(filter, belowTheBurst, limit));
            }
        }
        costs.assertBounded(MOST_ROWS, MOST_BUFFERS);
    }

    @Test
    void everyPageOfDeliveriesIsBounded() {
        Map<String, List<?>> fields = new LinkedHashMap<>();
        fields.put(
                "status",
                List.of(
                        ANY,
                        Optional.of(DeliveryStatus.PENDING),
                        Optional.of(DeliveryStatus.FAILED),
                        Optional.of(DeliveryStatus.SENT),
                        Optional.of(DeliveryStatus.DEAD)));
        fields.put(
                "subscriptionId",
                List.of(
                        ANY,
                        Optional.of(ManyRows.subscriptionId(ManyRows.BUSY_LANE)),
                        Optional.of(ManyRows.subscriptionId(ManyRows.QUIET_LANE))));
        fields.put("eventId", List.of(ANY, Optional.of(ManyRows.eventToAll())));
        fields.put("type", TYPE);
        fields.put("since", SINCE);
        fields.put("until", UNTIL);
        fields.put("deadReason", List.of(ANY, Optional.of("exhausted")));
        fields.put("statusCode", List.of(ANY, Optional.of(503)));
        assertThat(fields).containsOnlyKeys(componentsButKey(DeliveryFilter.class));
        for (Map<String, Object> chosen : PageCosts.combinations(fields)) {
            DeliveryFilter filter = new DeliveryFilter(
                    PageCosts.chosen(chosen, "status"),
                    PageCosts.chosen(chosen, "subscriptionId"),
                    PageCosts.chosen(chosen, "eventId"),
                    PageCosts.chosen(chosen, "type"),
                    PageCosts.chosen(chosen, "since"),
                    PageCosts.chosen(chosen, "until"),
                    PageCosts.chosen(chosen, "deadReason"),
                    Optional.empty(),
                    PageCosts.chosen(chosen, "statusCode"));
            boolean isPossible = filter.deadReason().isEmpty()
                    || filter.status()
                            .filter(status -> status != DeliveryStatus.DEAD)
                            .isEmpty();
            if (!isPossible) {
                continue;
            }
            if (filter.eventId().isEmpty() || filter.type().isEmpty()) {
                costs.add("250 " + filter, DeliveryRepository.reading(filter, DeliveryPosition.NEWEST, 250));
            }
        }
        costs.assertBounded(MOST_ROWS, MOST_BUFFERS);
    }

    private static long lastSeqOf(String type) {
        return Long.parseLong(TestPostgres.query(
                        ManyRows.url(),
                        "SELECT seq FROM nexus.event WHERE type = '" + type + "' ORDER BY seq DESC LIMIT 1")
                .getFirst());
    }

    /** A search by key has a test of its own. */
    private static String[] componentsButKey(Class<? extends Record> filter) {
        return Arrays.stream(filter.getRecordComponents())
                .map(RecordComponent::getName)
                .filter(name -> !name.equals("key"))
                .toArray(String[]::new);
    }
}
