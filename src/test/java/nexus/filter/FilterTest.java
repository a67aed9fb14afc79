package nexus.filter;

import static org.assertj.core.api.Assertions.assertThat;

import nexus.value.JsonValues;
import nexus.value.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterTest {
    /** The data of a published event. */
    private static final String DATA = """
            {"n": 9007199254740993, "d": 1.10, "big": 1e400, "digits": 12345678901234567890123456789, "neg": -0.0,
             "s": "paid", "empty": "", "b": true, "nul": null, "tags": ["a", "b", 3, null], "none": [], "nested": [["a"]],
             "o": {"x": 1, "y": {"z": "deep"}}, "obj": [{"x": 1}], "emoji": "\\ud83d\\ude00", "private": "\\ue000",
             "same": "paid", "allowed": ["paid", "sent"], "a.b": 1, "a/b": 2}""";

    private static final Value.Fields PUBLISHED = EventFields.of(
            "0199a7e0-0000-7000-8000-000000000001",
            "order.paid",
            "2026-01-31T18:20:43.400Z",
            fields(DATA),
            fields("{\"source\":\"shop\",\"version\":2}"));

    static Value.Fields fields(String json) {
        return (Value.Fields) JsonValues.read(json);
    }

    static Filter filter(String json) {
        return Filter.read(json, "/filter").orElseThrow();
    }

    private static Truth onData(String pattern, Value.Fields event) {
        return filter("{\"data\":" + pattern + "}").test(event);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // numbers compare by exact value
                "TRUE  | {'n': 9007199254740993}",
                "FALSE | {'n': 9007199254740992}",
                "TRUE  | {'n': {'$gt': 9007199254740992}}",
                "FALSE | {'n': {'$gt': 9007199254740993}}",
                "TRUE  | {'n': {'$gte': 9007199254740993.0}}",
                "TRUE  | {'n': {'$lt': 9007199254740993.00000000000000000000000000001}}",
                "TRUE  | {'n': {'$neq': 9007199254740992}}",
                "TRUE  | {'d': 1.1}",
                "TRUE  | {'d': 110e-2}",
                "FALSE | {'d': 1.1000000000000000000000000000001}",
                "TRUE  | {'d': {'$in': [2, 1.1000]}}",
                "TRUE  | {'big': 10e399}",
                "TRUE  | {'big': {'$gt': 9e399}}",
                "FALSE | {'big': {'$lt': 9e399}}",
                "TRUE  | {'digits': 12345678901234567890123456789}",
                "FALSE | {'digits': 12345678901234567890123456788}",
                "TRUE  | {'digits': {'$lt': 12345678901234567890123456790}}",
                "TRUE  | {'neg': 0}",
                "TRUE  | {'neg': {'$gte': 0}}",
                // strings compare by code point: U+E000 is less than U+1F600, the other way round in UTF-16
                "TRUE  | {'s': 'paid'}",
                "FALSE | {'s': 'Paid'}",
                "TRUE  | {'s': {'$gt': 'paic'}}",
                "TRUE  | {'s': {'$gt': 'pai'}}",
                "FALSE | {'s': {'$lt': 'pai'}}",
                "TRUE  | {'s': {'$lte': 'paid'}}",
                "TRUE  | {'emoji': {'$gt': '\\ue000'}}",
                "TRUE  | {'private': {'$lt': '\\ud83d\\ude00'}}",
                "TRUE  | {'emoji': {'$lt': '\\ud83d\\ude01'}}",
                "TRUE  | {'emoji': {'$gt': '\\ud83c\\udfff'}}",
                "TRUE  | {'s': {'$startsWith': 'pa'}}",
                "TRUE  | {'s': {'$startsWith': ''}}",
                "FALSE | {'s': {'$startsWith': 'aid'}}",
                "TRUE  | {'s': {'$endsWith': 'aid'}}",
                "FALSE | {'s': {'$endsWith': 'pai'}}",
                "TRUE  | {'s': {'$contains': 'ai'}}",
                "FALSE | {'s': {'$contains': 'ia'}}",
                "TRUE  | {'empty': ''}",
                "TRUE  | {'empty': {'$exist': true}}",
                // a mismatch is no match
                "FALSE | {'n': '9007199254740993'}",
                "FALSE | {'s': 1}",
                "FALSE | {'s': {'$gt': 1}}",
                "FALSE | {'s': {'$lte': 1}}",
                "FALSE | {'n': {'$gt': '1'}}",
                "FALSE | {'b': {'$gt': 0}}",
                "FALSE | {'b': 1}",
                "FALSE | {'b': 'true'}",
                "TRUE  | {'b': true}",
                "FALSE | {'n': {'$startsWith': '9'}}",
                "FALSE | {'n': {'$contains': '9'}}",
                "FALSE | {'o': 1}",
                "FALSE | {'o': {'$gt': 1}}",
                "FALSE | {'s': {'x': 1}}",
                // null and missing
                "TRUE  | {'nul': null}",
                "TRUE  | {'nul': {'$eq': null}}",
                "FALSE | {'missing': null}",
                "FALSE | {'empty': null}",
                "FALSE | {'none': null}",
                "FALSE | {'tags': null}",
                "TRUE  | {'nul': {'$in': [1, null]}}",
                "FALSE | {'missing': {'$in': [1, null]}}",
                "TRUE  | {'nul': {'$exist': true}}",
                "FALSE | {'nul': {'$exist': false}}",
                "TRUE  | {'missing': {'$exist': false}}",
                "FALSE | {'missing': {'$exist': true}}",
                "TRUE  | {'s': {'x': {'$exist': false}}}",
                "FALSE | {'nul': {'$lt': 1}}",
                "FALSE | {'missing': {'$lt': 1}}",
                // negation
                "TRUE  | {'s': {'$neq': 'sent'}}",
                "FALSE | {'s': {'$neq': 'paid'}}",
                "TRUE  | {'s': {'$neq': 1}}",
                "TRUE  | {'missing': {'$neq': 'paid'}}",
                "TRUE  | {'missing': {'$neq': null}}",
                "TRUE  | {'nul': {'$neq': 'paid'}}",
                "FALSE | {'nul': {'$neq': null}}",
                "FALSE | {'tags': {'$neq': 'a'}}",
                "TRUE  | {'tags': {'$neq': 'x'}}",
                "TRUE  | {'s': {'$nin': ['sent', 1]}}",
                "FALSE | {'s': {'$nin': ['sent', 'paid']}}",
                "TRUE  | {'missing': {'$nin': ['sent']}}",
                "TRUE  | {'nul': {'$nin': ['sent']}}",
                "FALSE | {'nul': {'$nin': [null]}}",
                "FALSE | {'tags': {'$nin': ['a']}}",
                "TRUE  | {'none': {'$nin': ['a']}}",
                "TRUE  | {'s': {'$not': 'sent'}}",
                "FALSE | {'s': {'$not': {'$startsWith': 'p'}}}",
                "TRUE  | {'$not': {'s': 'sent'}}",
                "FALSE | {'$not': {'s': 'paid', 'd': 1.1}}",
                "TRUE  | {'$not': {'s': 'paid', 'd': 1.2}}",
                "TRUE  | {'s': {'$nin': []}}",
                "FALSE | {'s': {'$in': []}}",
                // arrays
                "TRUE  | {'tags': 'a'}",
                "TRUE  | {'tags': 3.0}",
                "FALSE | {'tags': 'c'}",
                "FALSE | {'nested': 'a'}",
                "TRUE  | {'tags': {'$in': ['x', 'b']}}",
                "TRUE  | {'tags': {'$contains': 'a'}}",
                "TRUE  | {'tags': {'$contains': null}}",
                "FALSE | {'tags': {'$contains': 'c'}}",
                "FALSE | {'tags': {'$startsWith': 'a'}}",
                "FALSE | {'tags': {'$gt': 1}}",
                "TRUE  | {'tags': {'$eq': ['a', 'b', 3.0, null]}}",
                "FALSE | {'tags': {'$eq': ['a', 'b', 3.0]}}",
                "TRUE  | {'none': {'$eq': []}}",
                "FALSE | {'obj': {'x': 1}}",
                // paths, objects, references
                "TRUE  | {'o': {'x': 1, 'y': {'z': 'deep'}}}",
                "FALSE | {'o': {'x': 1, 'y': {'z': 'shallow'}}}",
                "TRUE  | {'o': {'$eq': {'y': {'z': 'deep'}, 'x': 1.0}}}",
                "FALSE | {'o': {'$eq': {'x': 1}}}",
                "TRUE  | {'o': {}}",
                "TRUE  | {'missing': {}}",
                "TRUE  | {'s': {'$ref': 'data.same'}}",
                "TRUE  | {'s': {'$eq': {'$ref': 'data.same'}}}",
                "FALSE | {'s': {'$neq': {'$ref': 'data.same'}}}",
                "FALSE | {'s': {'$ref': 'data.missing'}}",
                "FALSE | {'missing': {'$ref': 'data.missing'}}",
                "TRUE  | {'nul': {'$ref': 'data.nul'}}",
                "TRUE  | {'n': {'$gt': {'$ref': 'data.d'}}}",
                "FALSE | {'n': {'$gt': {'$ref': 'data.s'}}}",
                "TRUE  | {'s': {'$in': {'$ref': 'data.allowed'}}}",
                "TRUE  | {'s': {'$in': ['x', {'$ref': 'data.same'}]}}",
                "FALSE | {'s': {'$nin': {'$ref': 'data.allowed'}}}",
                "FALSE | {'tags': {'$contains': {'$ref': 'data.o.y.none'}}}",
                "TRUE  | {'s': {'$startsWith': {'$ref': 'data.same'}}}",
                "TRUE  | {'a.b': 1}",
                "TRUE  | {'a/b': {'$gt': {'$ref': '/data/a.b'}}}",
                "TRUE  | {'a.b': {'$lt': {'$ref': '/data/a~1b'}}}",
                // logic
                "TRUE  | {'$or': [{'s': 'x'}, {'d': 1.1}]}",
                "FALSE | {'$or': [{'s': 'x'}, {'d': 1.2}]}",
                "TRUE  | {'s': {'$or': ['x', {'$endsWith': 'd'}]}}",
                "FALSE | {'$and': [{'s': 'paid'}, {'d': 1.2}]}",
                "TRUE  | {'s': {'$and': [{'$gte': 'p'}, {'$lt': 'q'}]}}",
                "TRUE  | {'d': {'$gte': 1, '$lt': 2}}",
            })
    void decidesAboutAPublishedEvent(Truth expected, String pattern) {
        String json = pattern.replace('\'', '"');
        assertThat(onData(json, PUBLISHED)).isEqualTo(expected);
        assertThat(filter("{\"data\":" + json + "}").decide(PUBLISHED).isMatched())
                .isEqualTo(expected == Truth.TRUE);
        assertThat(filter("{\"$not\":{\"data\":" + json + "}}").test(PUBLISHED)).isEqualTo(expected.not());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "TRUE  | {'type': 'order.paid'}",
                "TRUE  | {'type': {'$startsWith': 'order.'}}",
                "TRUE  | {'id': '0199a7e0-0000-7000-8000-000000000001'}",
                "TRUE  | {'createdAt': {'$gte': '2026-01-31T18:20:43.400Z', '$lt': '2026-02'}}",
                "TRUE  | {'metadata': {'source': 'shop', 'version': {'$lte': 2.0}}}",
                "TRUE  | {'type': 'order.paid', '$or': [{'metadata': {'source': 'x'}}, {'data': {'s': 'paid'}}]}",
                "FALSE | {'$not': {'type': 'order.paid'}}",
                "TRUE  | {'type': {'x': {'$exist': false}}}",
            })
    void decidesAboutTheWholeEvent(Truth expected, String pattern) {
        assertThat(filter(pattern.replace('\'', '"')).test(PUBLISHED)).isEqualTo(expected);
    }

    @Test
    void anEmptyPatternIsNoFilter() {
        assertThat(Filter.read("{}", "/filter")).isEmpty();
        assertThat(Filter.read(" { } ", "/filter")).isEmpty();
    }
}
