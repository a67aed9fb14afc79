package nexus.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import nexus.value.JsonValues;
import nexus.value.Value;
import nexus.value.ValueWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnsTest {
    private static final MaskKey KEY = new MaskKey(new byte[32]);

    @Test
    void includedColumnsStayByteForByte() {
        assertThat(applied(
                        include("id", "total"),
                        "{\"id\":1,\"total\":1.10e5,\"note\":\"\\u0041\\\"}\"}",
                        "{\"id\":1,\"note\":null}",
                        "[\"total\",\"note\"]",
                        "[\"note\"]"))
                .isEqualTo(body("{\"id\":1,\"total\":1.10e5}", "{\"id\":1}", "[\"total\"]", "[]"));
    }

    @Test
    void excludedColumnsLeaveNoTrace() {
        assertThat(applied(
                        exclude("a\"b"),
                        "{\"a\\u0022b\":{\"x\":[1,{}]},\"c\": [1 , 2] }",
                        "null",
                        "null",
                        "[\"a\\\"b\"]"))
                .isEqualTo(body("{\"c\": [1 , 2]}", "null", "null", "[]"));
        assertThat(applied(exclude("a", "b"), "{\"a\":1,\"b\":2}", "{}", "[\"a\"]", "[]"))
                .isEqualTo(body("{}", "{}", "[]", "[]"));
    }

    @Test
    void masksReplaceValuesOfAnyKindButNull() {
        Columns columns = new Columns(Optional.empty(), Map.of("a", Mask.REDACT));
        for (String value : List.of("1", "\"x\"", "true", "[1,\"]\"]", "{\"b\":\"}\"}", "\"\"")) {
            assertThat(applied(columns, "{\"a\":" + value + ",\"b\":1}", "{\"a\":" + value + "}", "[\"a\"]", "[]"))
                    .isEqualTo(body("{\"a\":\"***\",\"b\":1}", "{\"a\":\"***\"}", "[\"a\"]", "[]"));
        }
        assertThat(applied(columns, "{\"a\":null}", "null", "null", "[]"))
                .isEqualTo(body("{\"a\":null}", "null", "null", "[]"));
    }

    @Test
    void hashesAreEqualForEqualValuesAlone() {
        assertThat(hash("1.10")).isEqualTo(hash("1.1")).matches("hmac-sha256:[0-9a-f]{64}");
        assertThat(hash("100")).isEqualTo(hash("1e2")).isNotEqualTo(hash("\"100\""));
        assertThat(hash("\"\\u0061\"")).isEqualTo(hash("\"a\"")).isNotEqualTo(hash("\"A\""));
        assertThat(hash("[1]")).isNotEqualTo(hash("\"[1]\""));
        assertThat(new MaskKey(new byte[] {1}).hash(Value.TRUE)).isNotEqualTo(KEY.hash(Value.TRUE));
    }

    @Test
    void aMaskedValueIsInNoNoteEither() {
        Columns columns = new Columns(Optional.empty(), Map.of("iban", Mask.HASH));
        String stored = body("{\"iban\":\"DE1\"}", "null", "null", "[]")
                .replace("\"xid\":7", "\"xid\":7,\"undecoded\":{\"iban\":\"DE1 is none\",\"b\":\"why\"}");
        String sent = applied(columns, stored);
        assertThat(sent).doesNotContain("DE1").contains("\"undecoded\":{\"b\":\"why\"}");
    }

    @Test
    void manyRandomRowsKeepWhatIsNotNamed() {
        Random random = new Random(3);
        for (int i = 0; i < 2_000; i++) {
            Map<String, String> row = new LinkedHashMap<>();
            for (int c = random.nextInt(6); c > 0; c--) {
                row.put(name(random), value(random, 3));
            }
            List<String> names = new ArrayList<>(row.keySet());
            names.removeIf(name -> random.nextBoolean());
            names.add("none");
            boolean isInclusive = random.nextBoolean();
            Columns columns = new Columns(Optional.of(new Columns.Choice(isInclusive, names)), Map.of());
            Map<String, String> expected = new LinkedHashMap<>(row);
            expected.keySet().removeIf(name -> isInclusive != names.contains(name));
            assertThat(applied(columns, json(row), "null", "null", "[]"))
                    .isEqualTo(body(json(expected), "null", "null", "[]"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{\"payload\":1}", "{\"payload\":{\"data\":{}}}", "{\"payload\":{"})
    void whatIsNoRowChangeIsRefused(String stored) {
        assertThatThrownBy(() -> applied(include("id"), stored)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String name(Random random) {
        return new String[] {"a", "b\"", "ç", "\\", "😀", "", "id", "a b", "{", "]"}[random.nextInt(10)];
    }

    private static String value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> "null";
            case 1 -> "true";
            case 2 -> random.nextInt(100) + ".50";
            case 3 -> "-0";
            case 4 -> ValueWriter.quoted(name(random) + name(random));
            case 5 -> "\"\\ud800\\/\"";
            case 6 -> "[ " + value(random, depth - 1) + " ,\n" + value(random, depth - 1) + "]";
            default -> "{\"x\" : " + value(random, depth - 1) + "}";
        };
    }

    private static String json(Map<String, String> row) {
        List<String> members = new ArrayList<>();
        row.forEach((name, value) -> members.add(ValueWriter.quoted(name) + ":" + value));
        return "{" + String.join(",", members) + "}";
    }

    private static String hash(String value) {
        Columns columns = new Columns(Optional.empty(), Map.of("a", Mask.HASH));
        String sent = applied(columns, "{\"a\":" + value + "}", "null", "null", "[]");
        Value.Fields body = (Value.Fields) JsonValues.read(sent);
        Value.Fields data = (Value.Fields) ((Value.Fields) body.get("payload")).get("data");
        return ((Value.Text) ((Value.Fields) data.get("record")).get("a")).value();
    }

    private static Columns include(String... names) {
        return new Columns(Optional.of(new Columns.Choice(true, List.of(names))), Map.of());
    }

    private static Columns exclude(String... names) {
        return new Columns(Optional.of(new Columns.Choice(false, List.of(names))), Map.of());
    }

    private static String applied(Columns columns, String after, String before, String changed, String unavailable) {
        return applied(columns, body(after, before, changed, unavailable));
    }

    private static String applied(Columns columns, String stored) {
        return new String(columns.applied(stored.getBytes(StandardCharsets.UTF_8), () -> KEY), StandardCharsets.UTF_8);
    }

    static String body(String after, String before, String changed, String unavailable) {
        return "{\"id\":\"0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11\",\"type\":\"pg.public.orders.update\","
                + "\"createdAt\":\"2026-01-31T18:20:43.400Z\",\"payload\":{\"data\":{\"type\":\"UPDATE\",\"schema\":\"public\","
                + "\"table\":\"orders\",\"record\":" + after + ",\"old_record\":" + before + ",\"changed\":" + changed
                + ",\"unavailable\":" + unavailable + "},\"metadata\":{\"source\":\"default\",\"database\":\"shop 1\","
                + "\"xid\":7}}}";
    }
}
