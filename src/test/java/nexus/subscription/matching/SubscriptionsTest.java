package nexus.subscription.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import nexus.event.EventType;
import nexus.subscription.EndpointHealth;
import nexus.subscription.Mode;
import nexus.subscription.Pauses;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionState;
import nexus.testkit.TestSubscription;
import org.junit.jupiter.api.Test;

/** Every version, however it was made, says what a new one of the same subscriptions says. */
class SubscriptionsTest {
    private static final String[] PATTERNS = {
        "*",
        "pg.**",
        "pg.public.orders.*",
        "pg.public.orders.insert",
        "pg.*.orders.update",
        "a.b",
        "a.*",
        "**.b",
        "nexus.**",
        "pg.public.t%2E1.*"
    };
    private static final String[] TYPES = {
        "a.b", "a.c", "pg.public.orders.insert", "pg.public.orders.update", "pg.sales.orders.update", "nexus.x"
    };
    private static final List<List<String>> TABLES =
            List.of(List.of("public", "orders"), List.of("sales", "orders"), List.of("public", "t.1"));

    @Test
    void versionsMadeOfChangesAreThoseMadeAnew() {
        Random random = new Random(3);
        Map<Integer, Subscription> model = new TreeMap<>();
        Subscriptions all = Subscriptions.NONE;
        for (int version = 1; version < 400; version++) {
            List<Subscription> changed = new ArrayList<>();
            List<Integer> gone = new ArrayList<>();
            int changes = random.nextInt(50) == 0 ? 120 : random.nextInt(4);
            for (int i = 0; i < changes; i++) {
                int lane = random.nextInt(150);
                if (random.nextInt(3) == 0) {
                    gone.add(lane);
                    changed.removeIf(one -> one.lane() == lane);
                    model.remove(lane);
                } else if (!gone.contains(lane)) {
                    Subscription subscription = subscription(lane, random);
                    changed.removeIf(one -> one.lane() == lane);
                    changed.add(subscription);
                    model.put(lane, subscription);
                }
            }
            all = all.with(version, changed, gone);
            assertSame(all, new Subscriptions(version, model.values()), model);
        }
    }

    private static void assertSame(Subscriptions changed, Subscriptions anew, Map<Integer, Subscription> model) {
        assertThat(changed.version()).isEqualTo(anew.version());
        assertThat(changed.all()).containsExactlyInAnyOrderElementsOf(model.values());
        for (String type : TYPES) {
            List<Subscription> expected = model.values().stream()
                    .filter(one -> one.wants(new EventType(type)))
                    .sorted(Comparator.comparingInt(Subscription::lane))
                    .toList();
            assertThat(changed.wanting(TestEvent.of(type, "{}"), new Undecided()))
                    .isEqualTo(expected);
            assertThat(anew.wanting(TestEvent.of(type, "{}"), new Undecided())).isEqualTo(expected);
            List<Subscription> missing = model.values().stream()
                    .filter(one -> !one.isEnabled() && one.selection().includes(new EventType(type)))
                    .sorted(Comparator.comparingInt(Subscription::lane))
                    .toList();
            assertThat(changed.missing(TestEvent.of(type, "{}"), new Undecided()))
                    .isEqualTo(missing);
            assertThat(anew.missing(TestEvent.of(type, "{}"), new Undecided())).isEqualTo(missing);
        }
        for (List<String> table : TABLES) {
            boolean expected = model.values().stream()
                    .flatMap(one -> one.selection().patterns().stream())
                    .anyMatch(pattern -> !pattern.operationsOf(table.getFirst(), table.getLast())
                            .isEmpty());
            assertThat(changed.selectChangesOf(table.getFirst(), table.getLast()))
                    .isEqualTo(expected);
            assertThat(anew.selectChangesOf(table.getFirst(), table.getLast())).isEqualTo(expected);
        }
        for (int lane = 0; lane < 150; lane++) {
            Optional<Subscription> expected = Optional.ofNullable(model.get(lane));
            assertThat(changed.ofLane(lane)).isEqualTo(expected);
            expected.ifPresent(one -> assertThat(changed.withId(one.id())).contains(one));
        }
    }

    private static Subscription subscription(int lane, Random random) {
        String[] patterns = random.ints(1 + random.nextInt(2), 0, PATTERNS.length)
                .mapToObj(i -> PATTERNS[i])
                .toArray(String[]::new);
        Subscription enabled = TestSubscription.ofLane(lane).to(patterns).build();
        return random.nextInt(4) > 0
                ? enabled
                : enabled.with(new SubscriptionState(
                        Mode.DISABLED,
                        Optional.of("gone"),
                        Pauses.NONE,
                        Optional.of(Instant.EPOCH),
                        EndpointHealth.GOOD));
    }
}
