package nexus.delivery.event;

import static org.assertj.core.api.Assertions.assertThat;

import nexus.delivery.state.DeliveryCounts;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventStatusTest {
    @ParameterizedTest
    @CsvSource({
        // pending, sent, failed, dead
        "0, 0, 0, 0, DELIVERED",
        "2, 0, 0, 0, PENDING",
        "1, 1, 0, 0, PROCESSING",
        "1, 0, 1, 0, PROCESSING",
        "1, 0, 0, 1, PROCESSING",
        "0, 0, 1, 0, PROCESSING",
        "0, 1, 1, 1, PROCESSING",
        "0, 3, 0, 0, DELIVERED",
        "0, 0, 0, 2, DEAD",
        "0, 1, 0, 1, PARTIALLY_DELIVERED"
    })
    void anEventsStatusFollowsFromItsDeliveries(int pending, int sent, int failed, int dead, EventStatus status) {
        assertThat(EventStatus.of(new DeliveryCounts(pending, sent, failed, dead)))
                .isEqualTo(status);
    }
}
