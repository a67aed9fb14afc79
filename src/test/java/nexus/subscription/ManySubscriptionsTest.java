package nexus.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import nexus.event.EventType;
import nexus.event.TypePattern;
import org.junit.jupiter.api.Test;

/** Matching stays cheap whatever is subscribed to, and whatever is published. */
class ManySubscriptionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Test
    void tenThousandSubscriptionsAreMatchedWithAThousandNewTypesInSeconds() {
        Subscriptions all = new Subscriptions(
                1,
                IntStream.range(0, 10_000)
                        .mapToObj(n -> subscription(n, "shop.order-" + n + ".*", "shop.**.done-" + n))
                        .toList());
        long start = System.nanoTime();
        for (int n = 0; n < 1_000; n++) {
            assertThat(all.wanting(new EventType("shop.order-" + n + ".paid"))).hasSize(1);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        long again = System.nanoTime();
        for (int n = 0; n < 1_000; n++) {
            assertThat(all.wanting(new EventType("shop.order-" + n + ".paid"))).hasSize(1);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - again))
                .as("types are remembered")
                .isLessThan(PATIENCE);
    }

    @Test
    void thePatternThatIsMostExpensiveToMatchTakesMilliseconds() {
        TypePattern pattern = new TypePattern("**.a.a.a.a.".repeat(92) + "b");
        EventType type = new EventType("a." + "a.".repeat(126) + "c");
        long start = System.nanoTime();
        for (int n = 0; n < 100; n++) {
            assertThat(pattern.matches(type)).isFalse();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PATIENCE);
    }

    private static Subscription subscription(int lane, String... patterns) {
        return new Subscription(
                new UUID(0, lane),
                lane,
                Door.SUBSCRIPTION,
                "n",
                URI.create("http://127.0.0.1/"),
                List.of(patterns).stream().map(TypePattern::new).toList(),
                Map.of(),
                new SigningSecret("a secret"),
                true,
                1,
                Optional.empty(),
                RetrySettings.DEFAULT,
                Set.of(),
                true,
                Optional.empty(),
                Optional.empty(),
                EndpointHealth.GOOD,
                Instant.EPOCH,
                Instant.EPOCH);
    }
}
