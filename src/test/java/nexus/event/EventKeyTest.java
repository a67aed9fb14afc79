package nexus.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventKeyTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "public.orders:4711|public|orders|4711",
                "public.orders:1,2|public|orders|1;2",
                "public.orders:a%2Cb,c|public|orders|a,b;c",
                "public.orders:a%2cb|public|orders|a,b",
                "public.orders:a,b|public|orders|a,b",
                "public.orders:50%|public|orders|50%",
                "public.orders:50%25|public|orders|50%",
                "public.orders:%E4%zz|public|orders|%E4%zz",
                "public.orders:%FF|public|orders|%FF",
                "public.orders:%c3%a4%20b|public|orders|ä b",
                "public.orders:ä b|public|orders|ä b",
                "public.orders:a:b|public|orders|a:b",
                "my%2Eschema.t%3Aa:1|my.schema|t:a|1",
                "public.a.b:1|public|a.b|1",
                "public.orders:2026-01-31T18:20:43.4+00:00,true|public|orders|2026-01-31T18:20:43.4+00:00;true",
            })
    void aTextNamesARow(String text, String schema, String table, String values) {
        assertThat(EventKey.parse(text).hashes()).contains(row(schema, table, values.split(";", -1)));
        assertThat(EventKey.parse(text).table()).containsExactly(Ordering.hash(EventKey.ofTable(schema, table)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "order-17", "a:b", ":", ".", ".:", "a.:b", "a:b.c", "%", "customer/1:2", "\u0001"})
    void anOrderingKeyIsItselfAndNoRow(String text) {
        assertThat(EventKey.parse(text)).isEqualTo(new EventKey(List.of(Ordering.hash(text)), List.of()));
        assertThat(Ordering.published(text)).isEqualTo(new Ordering.Key(Ordering.hash(text)));
    }

    @Test
    void aTableAloneIsItsKey() {
        long table = Ordering.hash("public.audit:");
        assertThat(EventKey.parse("public.audit:")).isEqualTo(new EventKey(List.of(table), List.of(table)));
    }

    @Test
    void everyRowIsFoundByItsEncodedTextAndByNoOther() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            String schema = random(random);
            String table = random(random);
            String[] values = Stream.generate(() -> random(random))
                    .limit(1 + random.nextInt(3))
                    .toArray(String[]::new);
            String text = encoded(schema)
                    + '.'
                    + encoded(table)
                    + ':'
                    + Stream.of(values).map(EventKeyTest::encoded).collect(Collectors.joining(","));
            assertThat(EventKey.parse(text).hashes()).contains(row(schema, table, values));
            String[] others = values.clone();
            others[0] = others[0] + 'x';
            assertThat(EventKey.parse(text).hashes()).doesNotContain(row(schema, table, others));
        }
    }

    private static long row(String schema, String table, String... values) {
        return Ordering.hash(EventKey.ofTable(schema, table)
                + Stream.of(values).map(EventKey::value).collect(Collectors.joining(",")));
    }

    private static String random(Random random) {
        String letters = "ab.:,%ä 2C";
        return random.ints(1 + random.nextInt(5), 0, letters.length())
                .mapToObj(i -> letters.substring(i, i + 1))
                .collect(Collectors.joining());
    }

    private static String encoded(String text) {
        return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace(".", "%2E");
    }
}
