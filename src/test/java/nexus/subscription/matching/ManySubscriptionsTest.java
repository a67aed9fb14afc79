package nexus.subscription.matching;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;
import nexus.subscription.Subscription;
import nexus.testkit.TestSubscription;
import org.junit.jupiter.api.Test;

/** Matching stays cheap whatever is subscribed to, and whatever is published. */
class ManySubscriptionsTest {
    private static final int SUBSCRIPTIONS = 10_000;
    private static final int TYPES = 100;

    private final Subscriptions all = new Subscriptions(
            1,
            IntStream.range(0, SUBSCRIPTIONS)
                    .mapToObj(n -> TestSubscription.ofLane(n)
                            .to("shop.order-" + n + ".*", "shop.**.done-" + n)
                            .build())
                    .toList());

    @Test
    void aPatternThatIsAskedAboutANewTypeAllocatesNextToNothing() {
        matchNewTypes(0); // what is only allocated once
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        matchNewTypes(TYPES);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as("bytes for %s patterns and %s types", 2 * SUBSCRIPTIONS, TYPES)
                .isLessThan(100L * SUBSCRIPTIONS * TYPES);
    }

    @Test
    void typesAreRemembered() {
        assertThat(wanting("shop.order-7.paid")).hasSize(1).isSameAs(wanting("shop.order-7.paid"));
    }

    private void matchNewTypes(int from) {
        for (int n = from; n < from + TYPES; n++) {
            assertThat(wanting("shop.order-" + n + ".paid")).hasSize(1);
        }
    }

    private List<Subscription> wanting(String type) {
        return all.wanting(TestEvent.of(type, "{}"), new Undecided());
    }
}
