package nexus.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.stream.IntStream;
import nexus.event.EventType;
import nexus.event.TypePattern;
import nexus.testkit.TestSubscription;
import org.junit.jupiter.api.Test;

/** Matching stays cheap whatever is subscribed to, and whatever is published. */
class ManySubscriptionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Test
    void tenThousandSubscriptionsAreMatchedWithAHundredNewTypesInSeconds() {
        Subscriptions all = new Subscriptions(
                1,
                IntStream.range(0, 10_000)
                        .mapToObj(n -> subscription(n, "shop.order-" + n + ".*", "shop.**.done-" + n))
                        .toList());
        assertThat(cpuTime(() -> match(all))).isLessThan(PATIENCE);
        assertThat(cpuTime(() -> match(all))).as("types are remembered").isLessThan(PATIENCE.dividedBy(10));
    }

    @Test
    void thePatternThatIsMostExpensiveToMatchTakesMilliseconds() {
        TypePattern pattern = new TypePattern("**.a.a.a.a.".repeat(92) + "b");
        EventType type = new EventType("a." + "a.".repeat(126) + "c");
        assertThat(cpuTime(() -> IntStream.range(0, 100)
                        .forEach(n -> assertThat(pattern.matches(type)).isFalse())))
                .isLessThan(PATIENCE);
    }

    private static void match(Subscriptions all) {
        for (int n = 0; n < 100; n++) {
            assertThat(all.wanting(new EventType("shop.order-" + n + ".paid"))).hasSize(1);
        }
    }

    /** Of this thread: a machine that does something else meanwhile does not count. */
    private static Duration cpuTime(Runnable work) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        work.run();
        return Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
    }

    private static Subscription subscription(int lane, String... patterns) {
        return TestSubscription.ofLane(lane).to(patterns).build();
    }
}
