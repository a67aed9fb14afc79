package nexus.filter;

import static org.assertj.core.api.Assertions.assertThat;

import nexus.value.JsonValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What filters see of row changes, and what they cannot know. */
class EventFieldsTest {
    private static final String INSERT = change("INSERT", "{'id':1,'s':'paid','nul':null}", "null", "null", "[]");
    /** Under REPLICA IDENTITY FULL. */
    private static final String WHOLE =
            change("UPDATE", "{'id':1,'s':'paid','n':1.10}", "{'id':1,'s':'new','n':1.1}", "['s','n']", "['hidden']");
    /** Only the key is known, and it has not changed. */
    private static final String KEY = change("UPDATE", "{'id':1,'s':'paid'}", "null", "null", "['text']");

    private static final String NEW_KEY = change("UPDATE", "{'id':2,'s':'paid'}", "{'id':1}", "null", "[]");
    private static final String DELETE = change("DELETE", "null", "{'id':1}", "null", "[]");
    private static final String TRUNCATE = change("TRUNCATE", "null", "null", "null", "[]");
    private static final String OVERSIZED =
            change("UPDATE", "{'id':1}", "{'id':1}", "['s']", "['s','n'],'oversized':true");
    /** A published event that looks like a row change knows everything. */
    private static final String PUBLISHED = KEY.replace("pg.public.orders.update", "orders.update");

    private static String change(String operation, String record, String old, String changed, String unavailable) {
        return "{'id':'x','type':'pg.public.orders." + operation.toLowerCase(java.util.Locale.ROOT)
                + "','createdAt':'2026-01-31T18:20:43.400Z','payload':{'data':{'type':'" + operation
                + "','schema':'public','table':'orders','record':" + record + ",'old_record':" + old + ",'changed':"
                + changed + ",'unavailable':" + unavailable + "},'metadata':{'xid':771}}}";
    }

    static EventFields event(String body) {
        return EventFields.ofBody(JsonValues.read(body.replace('\'', '"')));
    }

    private static Truth test(String pattern, String body) {
        return FilterTest.filter(pattern.replace('\'', '"')).test(event(body));
    }

    private static String body(String name) {
        return switch (name) {
            case "INSERT" -> INSERT;
            case "WHOLE" -> WHOLE;
            case "KEY" -> KEY;
            case "NEW_KEY" -> NEW_KEY;
            case "DELETE" -> DELETE;
            case "TRUNCATE" -> TRUNCATE;
            case "OVERSIZED" -> OVERSIZED;
            default -> PUBLISHED;
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "TRUE    | INSERT    | {'data': {'record': {'s': 'paid'}}}",
                "TRUE    | INSERT    | {'data': {'type': 'INSERT', 'table': 'orders'}, 'metadata': {'xid': 771}}",
                "TRUE    | INSERT    | {'data': {'old_record': null}}",
                "TRUE    | INSERT    | {'data': {'old_record': {'s': {'$neq': 'paid'}}}}",
                "TRUE    | INSERT    | {'data': {'old_record': {'s': {'$exist': false}}}}",
                "TRUE    | INSERT    | {'data': {'record': {'s': {'$changed': true}}}}",
                "FALSE   | INSERT    | {'data': {'record': {'none': {'$changed': true}}}}",
                "TRUE    | WHOLE     | {'data': {'record': {'s': 'paid'}, 'old_record': {'s': {'$neq': 'paid'}}}}",
                "TRUE    | WHOLE     | {'data': {'record': {'s': {'$changed': true}}}}",
                "FALSE   | WHOLE     | {'data': {'record': {'s': {'$changed': false}}}}",
                "TRUE    | WHOLE     | {'data': {'record': {'n': {'$changed': false}}}}",
                "TRUE    | WHOLE     | {'data': {'record': {'n': {'$gte': {'$ref': 'data.old_record.n'}}}}}",
                "TRUE    | WHOLE     | {'data': {'changed': 's'}}",
                "UNKNOWN | WHOLE     | {'data': {'record': {'hidden': 1}}}",
                "UNKNOWN | WHOLE     | {'data': {'record': {'hidden': {'$neq': 1}}}}",
                "UNKNOWN | WHOLE     | {'data': {'record': {'hidden': {'x': {'y': 1}}}}}",
                "UNKNOWN | WHOLE     | {'data': {'old_record': {'hidden': 1}}}",
                "UNKNOWN | WHOLE     | {'data': {'record': {'hidden': {'$changed': true}}}}",
                "TRUE    | WHOLE     | {'data': {'record': {'none': {'$exist': false}}}}",
                "TRUE    | WHOLE     | {'data': {'old_record': {'none': {'$exist': false}}}}",
                "UNKNOWN | KEY       | {'data': {'record': {'text': 'a'}}}",
                "UNKNOWN | KEY       | {'data': {'record': {'text': null}}}",
                "UNKNOWN | KEY       | {'data': {'record': {'text': {'$exist': true}}}}",
                "UNKNOWN | KEY       | {'$not': {'data': {'record': {'text': 'a'}}}}",
                "UNKNOWN | KEY       | {'data': {'record': {'text': {'$nin': ['a']}}}}",
                "UNKNOWN | KEY       | {'data': {'record': {'text': {'$contains': 'a'}}}}",
                "UNKNOWN | KEY       | {'data': {'record': {'s': {'$ref': 'data.record.text'}}}}",
                "FALSE   | KEY       | {'data': {'record': {'text': 'a', 's': 'sent'}}}",
                "FALSE   | KEY       | {'data': {'record': {'s': 'sent', 'text': 'a'}}}",
                "UNKNOWN | KEY       | {'data': {'record': {'text': 'a', 's': 'paid'}}}",
                "TRUE    | KEY       | {'$or': [{'data': {'record': {'text': 'a'}}}, {'data': {'record': {'s': 'paid'}}}]}",
                "UNKNOWN | KEY       | {'$or': [{'data': {'record': {'text': 'a'}}}, {'data': {'record': {'s': 'x'}}}]}",
                "UNKNOWN | KEY       | {'data': {'old_record': {'s': {'$neq': 'paid'}}}}",
                "UNKNOWN | KEY       | {'data': {'record': {'s': {'$changed': true}}}}",
                "UNKNOWN | KEY       | {'data': {'record': {'s': {'$changed': false}}}}",
                "TRUE    | KEY       | {'data': {'old_record': null}}",
                "TRUE    | KEY       | {'data': {'old_record': {'$exist': true}}}",
                "FALSE   | KEY       | {'data': {'old_record': {'$neq': null}}}",
                "TRUE    | NEW_KEY   | {'data': {'record': {'id': {'$changed': true}}}}",
                "TRUE    | NEW_KEY   | {'data': {'old_record': {'id': 1}}}",
                "UNKNOWN | NEW_KEY   | {'data': {'old_record': {'s': 'new'}}}",
                "TRUE    | DELETE    | {'data': {'old_record': {'id': 1}}}",
                "UNKNOWN | DELETE    | {'data': {'old_record': {'s': 'paid'}}}",
                "FALSE   | DELETE    | {'data': {'record': {'s': 'paid'}}}",
                "TRUE    | DELETE    | {'data': {'record': {'s': {'$exist': false}}}}",
                "TRUE    | TRUNCATE  | {'data': {'record': null, 'old_record': null}}",
                "TRUE    | TRUNCATE  | {'data': {'old_record': {'s': {'$exist': false}}}}",
                "FALSE   | TRUNCATE  | {'data': {'record': {'s': {'$changed': true}}}}",
                "TRUE    | OVERSIZED | {'data': {'record': {'s': {'$changed': true}}}}",
                "UNKNOWN | OVERSIZED | {'data': {'record': {'n': {'$changed': true}}}}",
                "UNKNOWN | OVERSIZED | {'data': {'old_record': {'n': 1}}}",
                "TRUE    | PUBLISHED | {'data': {'old_record': {'s': {'$neq': 'paid'}}}}",
                "FALSE   | PUBLISHED | {'data': {'record': {'text': 'a'}}}",
            })
    void whatTheWalDoesNotCarryIsUnknown(Truth expected, String body, String pattern) {
        assertThat(test(pattern, body(body))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/data/record/s          | 'sent'             | 'paid'  | {'data': {'record': {'id': 1, 's': 'sent'}}}",
                "/data/record/s/$neq     | {'$neq':'paid'}    | 'paid'  | {'data': {'record': {'s': {'$neq': 'paid'}}}}",
                "/data/record/s/$not     | not 'paid'         | 'paid'  | {'data': {'record': {'s': {'$not': 'paid'}}}}",
                "/data/record/x/$gte     | {'$gte':1.10}      | missing | {'data': {'record': {'x': {'$gte': 1.10}}}}",
                "/data/record/id/$gt     | {'$gt':{'$ref':'data.old_record.id'}}, where data.old_record.id is 1 | 1"
                        + " | {'data': {'record': {'id': {'$gt': {'$ref': 'data.old_record.id'}}}}}",
                "/data/record/s/$or      | {'$or':['a','b']}  | 'paid'  | {'data': {'record': {'s': {'$or': ['a', 'b']}}}}",
                "/$or/1/type             | not 'pg.public.orders.update' | 'pg.public.orders.update'"
                        + " | {'$not': {'$or': [{'type': 'x'}, {'type': 'pg.public.orders.update'}]}}",
            })
    void theFirstClauseThatDecidedIsExplained(String pointer, String expected, String seen, String pattern) {

        Decision decision = FilterTest.filter(pattern.replace('\'', '"')).decide(event(WHOLE));
        String at = pattern.contains("$not': {'$or") ? "/$not" + pointer : pointer;
        assertThat(decision)
                .isEqualTo(new Decision.NotMatched(
                        new Decision.Clause(at, expected.replace('\'', '"'), seen.replace('\'', '"'))));
    }

    @Test
    void anUndecidedClauseIsExplained() {
        assertThat(FilterTest.filter("{\"data\":{\"record\":{\"s\":\"paid\",\"text\":\"a\"}}}")
                        .decide(event(KEY)))
                .isEqualTo(new Decision.Undecided(new Decision.Clause("/data/record/text", "\"a\"", "unknown")));
    }

    @Test
    void whatIsExplainedIsBounded() {
        String large = INSERT.replace("paid", "x".repeat(1 << 20));
        Decision decision = FilterTest.filter("{\"data\":{\"record\":{\"s\":\"" + "y".repeat(10_000) + "\"}}}")
                .decide(event(large));
        Decision.Clause clause = ((Decision.NotMatched) decision).clause();
        assertThat(clause.expected()).hasSizeLessThan(250);
        assertThat(clause.seen()).hasSizeLessThan(250);
        assertThat(FilterTest.filter("{\"data\":{\"record\":\"x\"}}")
                        .decide(event(large))
                        .toString())
                .hasSizeLessThan(1_000);
    }
}
