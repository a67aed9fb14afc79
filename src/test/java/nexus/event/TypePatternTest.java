package nexus.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypePatternTest {
    @ParameterizedTest(name = "{0} and {1}: {2}")
    @CsvSource(textBlock = """
            *,             a,             true
            *,             a.b.c,         true
            *,             nexus.ping,    false
            nexus.*,       nexus.ping,    true
            **,            nexus.ping,    false
            a.b,           a.b,           true
            a.b,           a.b.c,         false
            a.*,           a.b,           true
            a.*,           a,             false
            a.*,           a.b.c,         false
            a.*.c,         a.b.c,         true
            *.b,           a.b,           true
            *.b,           ab.b,          true
            *.b,           a.bb,          false
            a.**,          a,             true
            a.**,          a.b.c,         true
            a.**,          ab.c,          false
            **.c,          c,             true
            **.c,          a.b.c,         true
            **.c,          a.c.b,         false
            a.**.z,        a.z,           true
            a.**.z,        a.z.b.z,       true
            a.**.z,        a.z.b,         false
            a.**.b.**.c,   a.b.x.b.y.c,   true
            a.**.*.c,      a.c,           false
            a.**.**,       a,             true
            order.paid,    order.pai,     false
            order.pai,     order.paid,    false""")
    void matchesSegmentsAndNotLetters(String pattern, String type, boolean matches) {
        assertThat(new TypePattern(pattern).matches(new EventType(type))).isEqualTo(matches);
    }

    @Test
    void matchesWhatItsDefinitionSays() {
        Random random = new Random(7);
        for (int n = 0; n < 20_000; n++) {
            List<String> pattern = segments(random, "a", "b", "ab", "*", "**");
            List<String> type = segments(random, "a", "b", "ab");
            boolean everything = pattern.equals(List.of("*"));
            assertThat(new TypePattern(String.join(".", pattern)).matches(new EventType(String.join(".", type))))
                    .as("%s and %s", pattern, type)
                    .isEqualTo(everything || isMatch(pattern, type));
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void thePatternThatIsMostExpensiveToMatchComesToAnEnd() {
        TypePattern pattern = new TypePattern("**.a.a.a.a.".repeat(92) + "b");
        EventType type = new EventType("a." + "a.".repeat(126) + "c");
        assertThat(pattern.matches(type)).isFalse();
    }

    private static List<String> segments(Random random, String... from) {
        return Stream.generate(() -> from[random.nextInt(from.length)])
                .limit(1 + random.nextInt(6))
                .collect(Collectors.toList());
    }

    /** Exponential, and plain to see. */
    private static boolean isMatch(List<String> pattern, List<String> type) {
        if (pattern.isEmpty()) {
            return type.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        if (pattern.getFirst().equals("**")) {
            return isMatch(rest, type) || (!type.isEmpty() && isMatch(pattern, type.subList(1, type.size())));
        }
        return !type.isEmpty()
                && (pattern.getFirst().equals("*") || pattern.getFirst().equals(type.getFirst()))
                && isMatch(rest, type.subList(1, type.size()));
    }
}
