package nexus.access.audit;

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

/** A page of the audit costs the store little, whatever it is filtered by. */
class AuditCostPostgresTest {
    @Test
    void everyPageOfTheAuditIsBounded() {
        Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(ManyRows.url()));
        PageCosts costs = new PageCosts(store);
        Instant dayAgo = Instant.now().minus(Duration.ofDays(1));
        Map<String, List<?>> fields = Map.of(
                "actor", List.of(Optional.empty(), Optional.of("env:1"), Optional.of("env:oldest")),
                "resourceId", List.of(Optional.empty(), Optional.of("7"), Optional.of("none")),
                "since", List.of(Optional.empty(), Optional.of(dayAgo)),
                "until", List.of(Optional.empty(), Optional.of(dayAgo)));
        assertThat(fields)
                .containsOnlyKeys(Arrays.stream(AuditRepository.Filter.class.getRecordComponents())
                        .map(RecordComponent::getName)
                        .toArray(String[]::new));
        for (Map<String, Object> chosen : PageCosts.combinations(fields)) {
            AuditRepository.Filter filter = new AuditRepository.Filter(
                    PageCosts.chosen(chosen, "actor"),
                    PageCosts.chosen(chosen, "resourceId"),
                    PageCosts.chosen(chosen, "since"),
                    PageCosts.chosen(chosen, "until"));
            costs.add(filter.toString(), AuditRepository.reading(filter, Long.MAX_VALUE, 250));
        }
        costs.assertBounded(10_000, 2_000);
        store.close();
    }
}
