package nexus.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import nexus.value.JsonValues;
import nexus.value.Value;
import org.junit.jupiter.api.Test;

/** Filters and values that are made to take long end in bounded time. */
class HostileFiltersTest {
    private static final Duration AT_MOST = Duration.ofSeconds(10);

    private static Truth on(Map<String, Value> data, String pattern) {
        EventFields event =
                EventFields.of("id", "a", "2026-01-31T18:20:43.400Z", Value.Fields.of(data), Value.Fields.of(Map.of()));
        return assertTimeoutPreemptively(
                AT_MOST, () -> FilterTest.filter("{\"data\":" + pattern + "}").test(event));
    }

    @Test
    void aSearchTakesTimeForBothTextsAlone() {
        String text = "a".repeat(1 << 20);
        Map<String, Value> data = Map.of("t", new Value.Text(text), "p", new Value.Text("a".repeat(1 << 19) + "b"));
        assertThat(on(data, "{\"t\":{\"$contains\":{\"$ref\":\"data.p\"}}}")).isEqualTo(Truth.FALSE);
        assertThat(on(data, "{\"t\":{\"$contains\":\"" + "a".repeat(10_000) + "b\"}}"))
                .isEqualTo(Truth.FALSE);
        assertThat(on(data, "{\"t\":{\"$contains\":\"" + "a".repeat(10_000) + "\"}}"))
                .isEqualTo(Truth.TRUE);
    }

    @Test
    void manySearchesInALargeTextAreUndecidedAtSomeTime() {
        Map<String, Value> data = Map.of("t", new Value.Text("a".repeat(8 << 20)));
        String searches = String.join(
                ",",
                IntStream.range(0, 400)
                        .mapToObj(i -> "{\"$contains\":\"aaaaaaaaaaaaaaaab" + i + "\"}")
                        .toList());
        assertThat(on(data, "{\"t\":{\"$or\":[" + searches + "]}}")).isEqualTo(Truth.UNKNOWN);
    }

    @Test
    void longArraysAreComparedOnce() {
        List<Value> one =
                IntStream.range(0, 300_000).<Value>mapToObj(Value.Num::of).toList();
        List<Value> other =
                IntStream.range(300_000, 600_000).<Value>mapToObj(Value.Num::of).toList();
        Map<String, Value> data = Map.of("a", new Value.Items(one), "b", new Value.Items(other));
        assertThat(on(data, "{\"a\":{\"$in\":{\"$ref\":\"data.b\"}}}")).isEqualTo(Truth.FALSE);
        assertThat(on(data, "{\"a\":{\"$ref\":\"data.b\"}}")).isEqualTo(Truth.FALSE);
        assertThat(on(
                        data,
                        "{\"a\":{\"$in\":" + IntStream.range(-1000, 0).boxed().toList() + "}}"))
                .isEqualTo(Truth.FALSE);
    }

    @Test
    void hugeNumbersAreCompared() {
        Map<String, Value> data = Map.of(
                "long", Value.Num.of("1" + "0".repeat(1 << 20)),
                "exponent", Value.Num.of("1e1" + "0".repeat(200_000)),
                "negative", Value.Num.of("1e-1" + "0".repeat(200_000)),
                "zeros", Value.Num.of("0." + "0".repeat(1 << 20) + "1"));
        assertThat(on(data, "{\"long\":{\"$gt\":1e400}}")).isEqualTo(Truth.TRUE);
        assertThat(on(data, "{\"exponent\":{\"$gt\":{\"$ref\":\"data.long\"}}}"))
                .isEqualTo(Truth.TRUE);
        assertThat(on(data, "{\"negative\":{\"$lt\":{\"$ref\":\"data.zeros\"}}}"))
                .isEqualTo(Truth.TRUE);
        assertThat(on(data, "{\"zeros\":{\"$gt\":0, \"$lt\":1e-400}}")).isEqualTo(Truth.TRUE);
    }

    @Test
    void deepValuesAreCompared() {
        Value deep = JsonValues.read("[".repeat(900) + "]".repeat(900));
        Map<String, Value> data = Map.of("a", deep, "b", deep);
        assertThat(on(data, "{\"a\":{\"$ref\":\"data.b\"}}")).isEqualTo(Truth.TRUE);
        assertThat(on(data, "{\"a\":1}")).isEqualTo(Truth.FALSE);
    }
}
