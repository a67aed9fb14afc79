package nexus.subscription.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import nexus.event.IncomingEvent;
import nexus.filter.EventFields;
import nexus.filter.Truth;
import nexus.subscription.Subscription;
import nexus.testkit.TestSubscription;
import nexus.value.JsonValues;
import nexus.value.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The index finds what a test of every single filter finds. */
class FilterIndexTest {
    private static final String[] PATTERNS = {"*", "pg.public.orders.*", "pg.public.orders.update", "shop.*"};
    private static final String[] TYPES = {
        "pg.public.orders.update", "pg.public.orders.insert", "pg.public.others.update", "shop.sold"
    };
    private static final String[] SCALARS = {
        "1",
        "1.0",
        "10e-1",
        "2",
        "9007199254740993",
        "9007199254740992",
        "\"1\"",
        "\"paid\"",
        "\"\"",
        "true",
        "false",
        "null"
    };
    private static final String[] COLUMNS = {"a", "b", "c", "large"};

    private final Random random = new Random(11);

    @Test
    void randomFiltersAndEventsAgreeWithThePlainScan() {
        Map<Integer, Subscription> model = new TreeMap<>();
        Subscriptions all = Subscriptions.NONE;
        int matched = 0;
        int undecided = 0;
        for (int version = 1; version < 1_500; version++) {
            List<Subscription> changed = new ArrayList<>();
            List<Integer> gone = new ArrayList<>();
            int lane = random.nextInt(60);
            if (random.nextInt(4) == 0) {
                gone.add(lane);
                model.remove(lane);
            } else {
                Subscription subscription = subscription(lane);
                changed.add(subscription);
                model.put(lane, subscription);
            }
            all = all.with(version, changed, gone);
            for (int i = 0; i < 4; i++) {
                IncomingEvent event = event();
                Undecided counted = new Undecided();
                List<Subscription> expected = new ArrayList<>();
                Map<Integer, Long> expectedUndecided = new HashMap<>();
                scan(model, event, expected, expectedUndecided);
                assertThat(all.wanting(event, counted))
                        .as(() -> new String(event.body().bytes(), StandardCharsets.UTF_8))
                        .isEqualTo(expected);
                assertThat(counted.counts()).isEqualTo(expectedUndecided);
                matched += expected.size();
                undecided += expectedUndecided.size();
            }
        }
        assertThat(matched).isGreaterThan(10_000);
        assertThat(undecided).isGreaterThan(1_000);
    }

    private static void scan(
            Map<Integer, Subscription> model,
            IncomingEvent event,
            List<Subscription> wanting,
            Map<Integer, Long> undecided) {
        Value.Fields values = EventFields.ofBody(JsonValues.read(event.body().bytes()));
        for (Subscription one : model.values()) {
            if (one.wants(event.type())) {
                Truth truth = one.selection()
                        .filter()
                        .map(filter -> filter.test(values))
                        .orElse(Truth.TRUE);
                if (truth == Truth.TRUE) {
                    wanting.add(one);
                } else if (truth == Truth.UNKNOWN) {
                    undecided.put(one.lane(), 1L);
                }
            }
        }
    }

    private Subscription subscription(int lane) {
        TestSubscription subscription = TestSubscription.ofLane(lane).to(PATTERNS[random.nextInt(PATTERNS.length)]);
        return random.nextInt(6) == 0
                ? subscription.build()
                : subscription.filter("{\"data\":{" + rowClause() + "}}").build();
    }

    private String rowClause() {
        List<String> rows = new ArrayList<>(List.of("record", "old_record"));
        if (random.nextBoolean()) {
            rows.remove(random.nextInt(2));
        }
        return String.join(
                ",",
                rows.stream()
                        .map(row -> random.nextInt(12) == 0
                                ? "\"" + row + "\":null"
                                : "\"" + row + "\":{" + columns() + "}")
                        .toList());
    }

    private String columns() {
        Map<String, String> clauses = new HashMap<>();
        for (int i = random.nextInt(2); i >= 0; i--) {
            clauses.put(COLUMNS[random.nextInt(COLUMNS.length)], condition());
        }
        return String.join(
                ",",
                clauses.entrySet().stream()
                        .map(clause -> "\"" + clause.getKey() + "\":" + clause.getValue())
                        .toList());
    }

    private String condition() {
        return switch (random.nextInt(9)) {
            case 0 -> "{\"$neq\":" + scalar() + "}";
            case 1 -> "{\"$in\":[" + scalar() + "," + scalar() + "]}";
            case 2 -> "{\"$in\":[]}";
            case 3 -> "{\"$exist\":" + random.nextBoolean() + "}";
            case 4 -> "{\"$or\":[{\"$eq\":" + scalar() + "},{\"$gt\":1}]}";
            default -> scalar();
        };
    }

    private String scalar() {
        return SCALARS[random.nextInt(SCALARS.length)];
    }

    private IncomingEvent event() {
        String type = TYPES[random.nextInt(TYPES.length)];
        boolean isUpdate = type.endsWith("update");
        String old = isUpdate && random.nextBoolean() ? row() : "null";
        return TestEvent.of(
                type,
                "{\"type\":\"" + (isUpdate ? "UPDATE" : "INSERT") + "\",\"record\":" + row() + ",\"old_record\":" + old
                        + ",\"changed\":" + (old.equals("null") ? "null" : "[\"a\"]") + ",\"unavailable\":"
                        + (random.nextBoolean() ? "[\"large\"]" : "[]") + "}");
    }

    private String row() {
        List<String> columns = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            if (random.nextInt(6) > 0) {
                String value = random.nextInt(4) == 0
                        ? "[" + scalar() + "," + scalar() + "," + scalar() + "]"
                        : random.nextInt(8) == 0 ? "{\"x\":1}" : scalar();
                columns.add("\"" + name + "\":" + value);
            }
        }
        return "{" + String.join(",", columns) + "}";
    }

    /** By their place in the index alone, and never by their number. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void tenThousandThatDifferInOneValueCostWhatOneCosts() {
        Subscriptions many = of(10_000);
        Subscriptions one = of(1);
        time(one, 3_000);
        time(many, 3_000);
        long alone = time(one, 20_000);
        long together = time(many, 20_000);
        assertThat(together).as("ns for 10 000; for one: %s", alone).isLessThan(4 * alone + 20_000_000);
    }

    private static Subscriptions of(int count) {
        return new Subscriptions(
                1,
                IntStream.range(0, count)
                        .mapToObj(n -> TestSubscription.ofLane(n)
                                .to("pg.public.orders.*")
                                .filter("{\"data\":{\"record\":{\"status\":\"paid\",\"org_id\":" + n
                                        + ",\"total\":{\"$gte\":10}}}}")
                                .build())
                        .toList());
    }

    private static long time(Subscriptions subscriptions, int events) {
        long start = System.nanoTime();
        for (int i = 0; i < events; i++) {
            IncomingEvent event = TestEvent.of(
                    "pg.public.orders.insert",
                    "{\"type\":\"INSERT\",\"record\":{\"status\":\"paid\",\"total\":12.5,\"org_id\":" + i % 1_000
                            + "},\"old_record\":null,\"changed\":null,\"unavailable\":[]}");
            assertThat(subscriptions.wanting(event, new Undecided()).size()).isLessThanOrEqualTo(1);
        }
        return System.nanoTime() - start;
    }

    /** An unknown value concerns all of them at once. */
    @Test
    void unknownValuesAreCountedTogether() {
        Subscriptions many = of(1_000);
        Undecided undecided = new Undecided();
        for (int i = 0; i < 3; i++) {
            assertThat(many.wanting(
                            TestEvent.of(
                                    "pg.public.orders.update",
                                    "{\"type\":\"UPDATE\",\"record\":{\"status\":\"paid\",\"total\":12},"
                                            + "\"old_record\":null,\"changed\":null,\"unavailable\":[\"org_id\"]}"),
                            undecided))
                    .isEmpty();
        }
        assertThat(undecided.counts()).hasSize(1_000);
        assertThat(undecided.counts().values()).containsOnly(3L);
    }
}
