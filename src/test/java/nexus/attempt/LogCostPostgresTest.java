package nexus.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.store.Store;
import nexus.testkit.ManyRows;
import nexus.testkit.PageCosts;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

/** A page of the log costs the store little, whatever it is filtered by and however many listeners there are. */
class LogCostPostgresTest {
    @Test
    void everyPageOfTheLogIsBounded() {
        Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(ManyRows.url()));
        PageCosts costs = new PageCosts(store);
        Map<String, List<?>> fields = Map.of(
                "listenerId",
                List.of(
                        Optional.empty(),
                        Optional.of(ManyRows.subscriptionId(ManyRows.BUSY_LANE)),
                        Optional.of(ManyRows.subscriptionId(ManyRows.QUIET_LANE))),
                "successful",
                List.of(Optional.empty(), Optional.of(true), Optional.of(false)));
        assertThat(fields)
                .containsOnlyKeys(Arrays.stream(LogFilter.class.getRecordComponents())
                        .map(RecordComponent::getName)
                        .toArray(String[]::new));
        List<LogPosition> positions = List.of(
                LogPosition.NEWEST,
                new LogPosition(Instant.now().minus(Duration.ofDays(1)), Long.MAX_VALUE, Short.MAX_VALUE));
        for (Map<String, Object> chosen : PageCosts.combinations(fields)) {
            LogFilter filter =
                    new LogFilter(PageCosts.chosen(chosen, "listenerId"), PageCosts.chosen(chosen, "successful"));
            for (LogPosition position : positions) {
                for (int limit : List.of(50, 250)) {
                    costs.add(
                            limit + " " + position + " " + filter, AttemptRepository.reading(filter, position, limit));
                }
            }
        }
        costs.assertBounded(60_000, 25_000);
        store.close();
    }
}
