package nexus.page.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import nexus.filter.Filter;
import nexus.page.subscription.FilterRows.Row;
import nexus.value.JsonValues;
import nexus.value.ValueWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterRowsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            data.record.status | is          | paid             | {"data":{"record":{"status":"paid"}}}
            data.record.total  | $gte        | 9007199254740993 | {"data":{"record":{"total":{"$gte":9007199254740993}}}}
            data.record.total  | is          | 1.10             | {"data":{"record":{"total":1.10}}}
            data.record.code   | is          | "7"              | {"data":{"record":{"code":"7"}}}
            data.record.note   | is          | null             | {"data":{"record":{"note":null}}}
            data.record.open   | is          | true             | {"data":{"record":{"open":true}}}
            data.record.a      | $in         | 7, 8,paid        | {"data":{"record":{"a":{"$in":[7,8,"paid"]}}}}
            data.record.a      | $in         | ["7","a,b"]      | {"data":{"record":{"a":{"$in":["7","a,b"]}}}}
            data.record.a      | $exist      | false            | {"data":{"record":{"a":{"$exist":false}}}}
            data.record.a      | $changed    | ''               | {"data":{"record":{"a":{"$changed":true}}}}
            data.record.a      | $ref        | data.old_record.a | {"data":{"record":{"a":{"$ref":"data.old_record.a"}}}}
            data.record.a      | $startsWith | 12               | {"data":{"record":{"a":{"$startsWith":"12"}}}}
            type               | is          | {not json        | {"type":"{not json"}
            type               | is          | ''               | {"type":""}
            """)
    void aRowIsAClause(String path, String operator, String value, String json) {
        FilterRows rows = FilterRows.ofForm(List.of(path), List.of(operator), List.of(value));

        assertThat(rows.json()).isEqualTo(json);
        assertThat(FilterRows.ofJson(json).orElseThrow().json()).isEqualTo(json);
    }

    @Test
    void severalRowsShareTheirPath() {
        FilterRows rows = FilterRows.ofForm(
                List.of("data.record.total", "", "data.record.total", "type"),
                List.of("$gte", "is", "$lt", "nonsense"),
                List.of("1", "ignored", "9"));

        assertThat(rows.json()).isEqualTo("{\"data\":{\"record\":{\"total\":{\"$gte\":1,\"$lt\":9}}}}");
        assertThat(FilterRows.ofJson(rows.json()).orElseThrow()).isEqualTo(rows);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$or\":[{\"type\":\"a\"}]}",
                "{\"data\":{\"$not\":{\"a\":1}}}",
                "{\"data\":{\"a\":{\"$gt\":{\"$ref\":\"data.b\"}}}}",
                "{\"data\":{\"a.b\":1}}",
                "{\"data\":[1]}",
                "{\"data\":{}}",
                "[]",
                "7",
                "{",
                "{\"a\":{\"$unknown\":1}}",
                "{\"$eq\":1}"
            })
    void whatIsNoListOfConditionsIsLeftToItsJson(String json) {
        assertThat(FilterRows.ofJson(json)).isEmpty();
    }

    @Test
    void nothingIsNoFilter() {
        assertThat(FilterRows.ofJson(" ").orElseThrow().json()).isEmpty();
        assertThat(FilterRows.ofForm(List.of(), List.of(), List.of()).json()).isEmpty();
    }

    @Test
    void anyRowsMakeJsonThatTurnsIntoTheSameRows() {
        Random random = new Random(21);
        String letters = "abz\"\\{}[],.:$ \t\u00e9\u202e<>'7-";
        for (int round = 0; round < 3_000; round++) {
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                rows.add(new Row(
                        "data.record.c" + i,
                        FilterRows.OPERATORS.get(random.nextInt(11)).name(),
                        text(random, letters).strip()));
            }
            FilterRows made = FilterRows.ofForm(
                    rows.stream().map(Row::path).toList(),
                    rows.stream().map(Row::operator).toList(),
                    rows.stream().map(Row::value).toList());
            String json = made.json();

            assertThat(ValueWriter.text(JsonValues.read(json))).isEqualTo(json);
            assertThat(FilterRows.ofJson(json).map(FilterRows::json)).contains(json);
        }
    }

    private static String text(Random random, String letters) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    @Test
    void whatTheBuilderMakesIsAFilter() {
        for (FilterRows.Operator operator : FilterRows.OPERATORS) {
            String json = FilterRows.ofForm(
                            List.of("data.record.a"), List.of(operator.name()), List.of("data.record.b"))
                    .json();

            assertThat(Filter.read(json, "/filter")).as(json).isPresent();
        }
    }
}
