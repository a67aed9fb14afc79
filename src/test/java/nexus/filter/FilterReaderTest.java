package nexus.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.stream.IntStream;
import nexus.refusal.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterReaderTest {
    private static List<Refusal.FieldError> errors(String json) {
        Refusal.Invalid refusal = catchThrowableOfType(Refusal.Invalid.class, () -> Filter.read(json, "/filter"));
        return refusal == null ? List.of() : refusal.errors();
    }

    private static List<String> pointers(String json) {
        return errors(json).stream().map(Refusal.FieldError::pointer).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/filter                       | []",
                "/filter/data                  | {'data': ['a']}",
                "/filter/data/tags             | {'data': {'tags': ['a', 'b']}}",
                "/filter/data/a~1b/~0c         | {'data': {'a/b': {'~c': []}}}",
                "/filter/data/$regex           | {'data': {'$regex': 'a'}}",
                "/filter/data/s/$regex         | {'data': {'s': {'$regex': 'a'}}}",
                "/filter/data/s/$ne            | {'data': {'s': {'$ne': 'a'}}}",
                "/filter/data/s/$GT            | {'data': {'s': {'$GT': 1}}}",
                "/filter/data/s/$              | {'data': {'s': {'$': 1}}}",
                "/filter/$eq                   | {'$eq': 1}",
                "/filter/$foo                  | {'$foo': 1}",
                "/filter/record                | {'record': {'s': 'a'}}",
                "/filter/data.record.s         | {'data.record.s': 'a'}",
                "/filter/data/n/$gt            | {'data': {'n': {'$gt': true}}}",
                "/filter/data/n/$gte           | {'data': {'n': {'$gte': null}}}",
                "/filter/data/n/$lt            | {'data': {'n': {'$lt': [1]}}}",
                "/filter/data/n/$lte           | {'data': {'n': {'$lte': {'x': 1}}}}",
                "/filter/data/n/$in            | {'data': {'n': {'$in': 1}}}",
                "/filter/data/n/$in/1          | {'data': {'n': {'$in': [1, [2]]}}}",
                "/filter/data/n/$nin/0         | {'data': {'n': {'$nin': [{'x': 1}]}}}",
                "/filter/data/n/$nin           | {'data': {'n': {'$nin': null}}}",
                "/filter/data/s/$startsWith    | {'data': {'s': {'$startsWith': 1}}}",
                "/filter/data/s/$endsWith      | {'data': {'s': {'$endsWith': ['a']}}}",
                "/filter/data/s/$contains      | {'data': {'s': {'$contains': {}}}}",
                "/filter/data/s/$exist         | {'data': {'s': {'$exist': 1}}}",
                "/filter/data/s/$exist         | {'data': {'s': {'$exist': 'true'}}}",
                "/filter/data/s/$changed       | {'data': {'s': {'$changed': true}}}",
                "/filter/data/record/$changed  | {'data': {'record': {'$changed': true}}}",
                "/filter/data/record/s/$changed| {'data': {'record': {'s': {'$changed': 1}}}}",
                "/filter/data/old_record/s/$changed| {'data': {'old_record': {'s': {'$changed': true}}}}",
                "/filter/data/s/$ref           | {'data': {'s': {'$ref': 1}}}",
                "/filter/data/s/$ref           | {'data': {'s': {'$ref': 'record.s'}}}",
                "/filter/data/s/$ref           | {'data': {'s': {'$ref': ''}}}",
                "/filter/data/s/$ref           | {'data': {'s': {'$ref': 'data..s'}}}",
                "/filter/data/s/$gt/$ref       | {'data': {'s': {'$gt': {'$ref': 'nothing'}}}}",
                "/filter/data/s/$in/0/$ref     | {'data': {'s': {'$in': [{'$ref': 'nothing'}]}}}",
                "/filter/data/s/$eq/$gt        | {'data': {'s': {'$eq': {'$gt': 1}}}}",
                "/filter/data/$and             | {'data': {'$and': {'s': 1}}}",
                "/filter/$or                   | {'$or': []}",
                "/filter/$or/1                 | {'$or': [{'type': 'a'}, 'b']}",
                "/filter/$or/0/x               | {'$or': [{'x': 'a'}]}",
                "/filter/$not                  | {'$not': ['a']}",
                "/filter/$not                  | {'$not': null}",
                "/filter/data/s                | {'data': {'s': '\\ud83d'}}",
            })
    void whatIsWrongIsNamedByItsPointer(String pointer, String json) {
        assertThat(pointers(json.replace('\'', '"'))).containsExactly(pointer);
    }

    @Test
    void everyErrorIsNamed() {
        assertThat(pointers("{\"data\":{\"a\":[1],\"b\":{\"$x\":1}},\"c\":1}"))
                .containsExactly("/filter/data/a", "/filter/data/b/$x", "/filter/c");
        assertThat(errors("{\"data\":{\"b\":{\"$regex\":\"x\"}}}").getFirst().detail())
                .contains("regular expression", "$startsWith");
    }

    @Test
    void itsSizeIsLimited() {
        String atMost = "{\"type\":\"" + "é".repeat((FilterReader.MAX_BYTES - 11) / 2) + "\"}";
        assertThat(pointers(atMost)).isEmpty();
        assertThat(pointers(atMost + "  ")).containsExactly("/filter");
    }

    @Test
    void itsDepthIsLimited() {
        assertThat(pointers(nested(FilterReader.MAX_DEPTH))).isEmpty();
        assertThat(pointers(nested(FilterReader.MAX_DEPTH + 1)))
                .containsExactly("/filter/data" + "/a".repeat(FilterReader.MAX_DEPTH - 1));
        assertThat(pointers("{\"data\":" + "{\"$or\":[".repeat(8) + "1" + "]}".repeat(8) + "}"))
                .hasSize(1);
        assertThat(pointers("{\"data\":{\"$eq\":" + "[".repeat(15) + "]".repeat(15) + "}}"))
                .hasSize(1);
        assertThat(pointers("{\"data\":{\"$eq\":" + "[".repeat(90) + "]".repeat(90) + "}}"))
                .hasSize(1);
    }

    private static String nested(int depth) {
        return "{\"data\":" + "{\"a\":".repeat(depth - 1) + "1" + "}".repeat(depth);
    }

    @Test
    void itsOperandsAreLimited() {
        assertThat(pointers(choices(FilterReader.MAX_OPERANDS))).isEmpty();
        assertThat(pointers(choices(FilterReader.MAX_OPERANDS + 1))).containsExactly("/filter/data/n/$in/1000");
        assertThat(pointers("{\"$or\":[" + "{},".repeat(FilterReader.MAX_OPERANDS) + "{}]}"))
                .hasSize(1);
        assertThat(pointers("{\"data\":{\"$eq\":[" + "[],".repeat(FilterReader.MAX_OPERANDS) + "[]]}}"))
                .hasSize(1);
    }

    private static String choices(int count) {
        return "{\"data\":{\"n\":{\"$in\":" + IntStream.range(0, count).boxed().toList() + "}}}";
    }

    @Test
    void itIsKeptAsItWasWritten() {
        String written = "{ \"data\": {\"n\": 1.10, \"m\": {\"$gt\": 1e400}} }";
        assertThat(FilterTest.filter(written).text()).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "true  | {'data': {'a': 1, 'b': 2}} | { 'data': {'b': 2.0, 'a': {'$eq': 1}}}",
                "true  | {'data': {'a': {'$in': [1, 'x']}}} | {'data': {'a': {'$in': ['x', 1.0, 1]}}}",
                "true  | {'data': {'a': {'$in': [1]}}} | {'data': {'a': 1}}",
                "true  | {'$or': [{'type': 'a'}, {'type': 'b'}]} | {'$or': [{'type': 'b'}, {'type': 'a'}]}",
                "true  | {'data': {'a': {'$neq': 1}}} | {'data': {'a': {'$not': 1}}}",
                "false | {'data': {'a': 1}} | {'data': {'a': '1'}}",
                "false | {'data': {'a': 1}} | {'data': {'b': 1}}",
                "false | {'data': {'a': {'$gt': 1}}} | {'data': {'a': {'$gte': 1}}}",
                "false | {'data': {'a': {'$ref': 'data.b'}}} | {'data': {'a': 'data.b'}}",
                "false | {'data': {'a': {'$eq': ['x', 'y']}}} | {'data': {'a': {'$in': ['x', 'y']}}}",
                "false | {'data': {'a': {'$ref': '/data/b.c'}}} | {'data': {'a': {'$ref': 'data.b.c'}}}",
                "false | {'data': {'a': {'$startsWith': 'x'}}} | {'data': {'a': {'$endsWith': 'x'}}}",
            })
    void equalFiltersHaveOneCanonicalText(boolean expected, String one, String other) {
        assertThat(FilterTest.filter(one.replace('\'', '"'))
                        .canonical()
                        .equals(FilterTest.filter(other.replace('\'', '"')).canonical()))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "data.a=[Num[number=1]]                       | {'data': {'a': 1, 'b': {'$gt': 2}}}",
                "data.a=[Text[value=x]]                       | {'$and': [{'data': {'a': {'$eq': 'x'}}}]}",
                "data.a=[Null[]]                              | {'data': {'a': null}}",
                "data.a=[Num[number=1], Num[number=2]]        | {'data': {'a': {'$in': [1, 2]}}}",
                "data.a=[Num[number=1], Num[number=2]]        | {'$or': [{'data': {'a': 1}}, {'data': {'a': 2}}]}",
                "data.a=[Num[number=1]] type=[Text[value=t]]  | {'data': {'a': 1}, 'type': 't'}",
                "``                                           | {'$or': [{'data': {'a': 1}}, {'data': {'b': 2}}]}",
                "``                                           | {'data': {'a': {'$neq': 1}}}",
                "``                                           | {'$not': {'data': {'a': 1}}}",
                "``                                           | {'data': {'a': {'$eq': [1]}}}",
                "``                                           | {'data': {'a': {'$ref': 'data.b'}}}",
            })
    void whatEveryMatchSatisfiesIsFound(String expected, String json) {
        String found = FilterTest.filter(json.replace('\'', '"')).equalities().stream()
                .map(one -> one.path() + "="
                        + one.values().stream().map(Object::toString).sorted().toList())
                .sorted()
                .reduce((one, other) -> one + " " + other)
                .orElse("");
        assertThat(found).isEqualTo(expected == null ? "" : expected);
    }
}
