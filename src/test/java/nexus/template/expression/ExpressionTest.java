package nexus.template.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cel.bundle.CelFactory;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelStandardMacro;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nexus.value.JsonValues;
import nexus.value.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {
    private static final Value.Fields RECORD = (Value.Fields) JsonValues.read("""
            {"id":17,"total":1.10,"big":9007199254740993,"huge":12345678901234567890123456789.5,"e":1e400,"qty":7,
             "status":"paid","tags":["x","y","z"],"none":null,"flag":true,"my-col":3,"at":"2026-01-31T18:20:43.4+01:00",
             "local":"2026-01-31T18:20:43","emoji":"a😀b","address":{"city":"Köln","lines":[1,2]},"empty":[]}
            """);

    private static String value(String source) throws WrongExpression {
        Budget budget = new Budget();
        StringBuilder json = new StringBuilder();
        Written.json(
                Expression.compile(source, List.of("record", "old")).evaluate(List.of(RECORD, Value.NULL), budget),
                json,
                budget);
        return json.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '`',
            value = {
                "record.total ¦ 1.10",
                "record.total + 0.2 ¦ 1.30",
                "0.1 + 0.2 == 0.3 ¦ true",
                "record.big + 1 ¦ 9007199254740994",
                "record.big == 9007199254740992 ¦ false",
                "9223372036854775807 + 1 ¦ 9223372036854775808",
                "-9223372036854775808 - 1 ¦ -9223372036854775809",
                "record.huge + 0.5 ¦ 12345678901234567890123456790.0",
                "record.huge > 12345678901234567890123456789.4 ¦ true",
                "record.e > 1e399 && record.e < 1.0000000001e400 ¦ true",
                "record.total == 1.1 ¦ true",
                "1 == 1.0 && 1u == 1 ¦ true",
                "record.total * 3 ¦ 3.30",
                "1.5e3 + 1 ¦ 1501",
                "-1.50 ¦ -1.50",
                "-record.total ¦ -1.10",
                "record.qty / 2 ¦ 3",
                "-7 / 2 ¦ -3",
                "record.qty / 2.0 ¦ 3.5",
                "double(record.qty) / 2 ¦ 3.5",
                "10.0 / 3 ¦ 3.333333333333333333333333333333333",
                "record.qty % 4 ¦ 3",
                "math.round(record.total * 1.19, 2) ¦ 1.31",
                "math.floor(-1.5) ¦ -2",
                "math.greatest(1, 2.50, record.total) ¦ 2.50",
                "int('42') + int(7.9) ¦ 49",
                "string(record.total) + '!' ¦ \"1.10!\"",
                "record.tags.filter(t, t != 'x') ¦ [\"y\",\"z\"]",
                "record.tags.map(t, t + t) ¦ [\"xx\",\"yy\",\"zz\"]",
                "record.tags.map(t, t != 'y', t + '1') ¦ [\"x1\",\"z1\"]",
                "record.tags.exists(t, t == 'z') && record.tags.all(t, size(t) == 1) ¦ true",
                "record.tags.exists_one(t, t == 'z') ¦ true",
                "record.address.map(k, k) ¦ [\"city\",\"lines\"]",
                "[1, 2].map(x, [3, 4].map(x, x + 1)) ¦ [[4,5],[4,5]]",
                "cel.bind(x, record.total * 2, x + x) ¦ 4.40",
                "record.tags[1] ¦ \"y\"",
                "record['status'] ¦ \"paid\"",
                "record.`my-col` ¦ 3",
                "'id' in record && 'x' in record.tags && !('y' in ['x']) ¦ true",
                "has(record.nothing) ? 1 : 2 ¦ 2",
                "has(old.id) ¦ false",
                "record.?nothing.orValue('d') ¦ \"d\"",
                "record.?address.?street.hasValue() ¦ false",
                "record.?address.city.orValue('-') ¦ \"Köln\"",
                "old.?id ¦ null",
                "record.none == null ¦ true",
                "record.none ¦ null",
                "{'a': record.?nothing, 'b': 1} ¦ {\"b\":1}",
                "[record.?nothing, 1] ¦ [1]",
                "record.address == {'lines': [1.0, 2], 'city': 'Köln'} ¦ true",
                "record.id == '17' ¦ false",
                "size(record.emoji) ¦ 3",
                "record.emoji.substring(1, 2) ¦ \"😀\"",
                "record.emoji.indexOf('b') ¦ 2",
                "record.status.upperAscii() + record.status.replace('a', 'o') ¦ \"PAIDpoid\"",
                "record.tags.join(', ') ¦ \"x, y, z\"",
                "'a,b,c'.split(',') ¦ [\"a\",\"b\",\"c\"]",
                "' a '.trim() ¦ \"a\"",
                "'�' < '😀' ¦ true",
                "timestamp(record.at) ¦ \"2026-01-31T17:20:43.400Z\"",
                "timestamp(record.at).getHours('+01:00') ¦ 18",
                "timestamp(record.local) + duration('36h') ¦ \"2026-02-02T06:20:43Z\"",
                "timestamp('2026-01-31') - timestamp('2026-01-30') == duration('24h') ¦ true",
                "timestamp('2026-01-31').getDayOfWeek() ¦ 6",
                "duration('1h30m') ¦ \"5400s\"",
                "true || 1 / record.missing > 0 ¦ true",
                "record.missing > 0 || true ¦ true",
                "record.missing > 0 && false ¦ false",
                "record.tags.exists(t, t == 'x' || t > 1) ¦ true",
                "type(1) == int && type(record.total) == double && type('') == string ¦ true",
                "'{{' + \"}}\" + r'\\d' + '''it's''' ¦ \"{{}}\\\\dit's\"",
                "1 // a comment ¦ 1",
                "0x10 ¦ 16",
                ".5 ¦ 0.5",
            })
    void anExpressionHasItsValue(String source, String json) throws WrongExpression {
        assertThat(value(source)).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '`',
            value = {
                "record.missing ¦ there is no record.missing",
                "record.none.x ¦ there is no record.none.x: record.none is null",
                "old.id ¦ there is no old.id: old is null",
                "record.status.x ¦ there is no record.status.x: record.status is a string",
                "record.status + record.id ¦ + does not take a string and a number; string(…) makes a string of a number",
                "record.id < record.status ¦ < does not take a number and a string",
                "record.tags[3] ¦ an index is outside its list",
                "record.id / (record.qty - 7) ¦ division by zero",
                "record.e * record.e * record.e * record.e * record.e * record.e ¦ a number has too many digits to calculate with",
                "int(record.status) ¦ int needs a string that is a number",
                "timestamp(record.status) ¦ timestamp needs a string such as 2026-01-31T18:20:43Z",
                "record.flag ? record.id.all(x, x) : 1 ¦ a loop goes over a list or an object, not over a number",
                "!record.id ¦ the operand of ! must be a bool, not a number",
                "{record.id: 1} ¦ the keys of an object must be strings, not a number",
                "string(record.none) ¦ string does not take null",
            })
    void aFailureSaysWhyAndShowsNoValue(String source, String message) {
        assertThatThrownBy(() -> value(source))
                .isInstanceOf(EvaluationFailed.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '`',
            value = {
                "nope ¦ 0 ¦ there is no variable nope",
                "record.id + nope ¦ 12 ¦ there is no variable nope",
                "nope(1) ¦ 4 ¦ there is no function nope that is called like this",
                "record.id + ¦ 11 ¦ mismatched input '<EOF>'",
                "'a' + 1 ¦ 4 ¦ always fails: + does not take a string and a number; string(…) makes a string of a number",
                "1 / 0 ¦ 2 ¦ always fails: division by zero",
                "record.status.matches('a+') ¦ 21 ¦ regular expressions are not supported: use contains, startsWith or endsWith",
                "'x'.contains() ¦ 12 ¦ the function contains does not take this number of arguments",
                "b'x' ¦ 0 ¦ bytes are not supported, JSON has none",
                "{1: 2} ¦ 1 ¦ the keys of an object must be strings, as in JSON",
                "9223372036854775808 ¦ 0 ¦ a whole number beyond 64 bits must be written as a decimal, such as 9223372036854775808.0",
                "has(record) ¦ 3 ¦ has takes a field, such as has(record.name)",
                "record.tags.map(1, 2) ¦ 16 ¦ the variable must be a simple name",
                "now() ¦ 3 ¦ there is no function now that is called like this",
            })
    void aMistakeHasItsPlace(String source, int offset, String words) {
        WrongExpression wrong =
                catchThrowableOfType(WrongExpression.class, () -> Expression.compile(source, List.of("record")));
        assertThat(wrong.words()).isEqualTo(words);
        assertThat(wrong.offset()).isEqualTo(offset);
    }

    /** What would take long, or much memory, without limits. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "l.map(a, l.map(b, l.map(c, l.map(d, d))))",
                "l.all(a, l.all(b, l.all(c, c < 1000)))",
                "cel.bind(a, s + s, cel.bind(b, a + a, cel.bind(c, b + b, cel.bind(d, c + c, size(d)))))",
                "l.map(a, s + s).map(a, a + a).map(a, a + a).size()",
                "s.replace('', s).size()",
                "s.replace('a', s).replace('a', s).size()",
                "[s].map(x, x.replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'))",
                "l.map(x, s).join(s).size()",
                "s.contains(s.substring(0, 40000) + 'b')",
                "cel.bind(a,[l,l],cel.bind(b,[a,a],cel.bind(c,[b,b],cel.bind(d,[c,c],cel.bind(e,[d,d],cel.bind(f,[e,e],"
                        + "cel.bind(g,[f,f],cel.bind(h,[g,g],cel.bind(i,[h,h],cel.bind(j,[i,i],cel.bind(k,[j,j],"
                        + "cel.bind(m,[k,k],cel.bind(n,[m,m],cel.bind(o,[n,n],cel.bind(p,[o,o],cel.bind(q,[p,p],q==q))))))))))))))))",
                "n * n * n * n * n * n * n",
                "l.map(a, l + l).map(a, a + a).map(a, a + a).map(a, a + a).size()",
                "s.split('').map(c, c)",
            })
    void aHostileExpressionEndsAtALimit(String source) throws WrongExpression {
        Value list = JsonValues.read("[" + "1,".repeat(499) + "1]");
        Value text = new Value.Text("a".repeat(100_000));
        Value number = Value.Num.of("9".repeat(1_500));
        Expression expression = Expression.compile(source, List.of("l", "s", "n"));
        Budget budget = new Budget();

        assertThatThrownBy(() -> expression.evaluate(List.of(list, text, number), budget))
                .isInstanceOf(EvaluationFailed.class)
                .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(100));
        // The operation that reaches a limit is charged, but not carried out.
        assertThat(budget.spentMade()).isLessThan(3L * Budget.MAX_MADE + 1_000_000);
    }

    /** || and && do not evaluate an operand twice, however they nest. */
    @Test
    void operandsAreEvaluatedOnce() throws WrongExpression {
        String source = "true && (".repeat(40) + "record.missing" + ")".repeat(40);
        Budget budget = new Budget();
        Expression expression = Expression.compile(source, List.of("record"));

        assertThatThrownBy(() -> expression.evaluate(List.of(RECORD), budget)).isInstanceOf(EvaluationFailed.class);
        assertThat(budget.spentWork()).isLessThan(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(", "[", "{", "!", "-", "a.", "f(", "[[", "{'a':", "x?", "'", "\"\"\"", "`", "\\", "((((1))", "1+"
            })
    void aHostileTextIsRefused(String part) {
        for (int times : new int[] {1, 50, 99, 101, 1_000, 5_000}) {
            assertThatThrownBy(() -> Expression.compile(part.repeat(times), List.of()))
                    .isInstanceOf(WrongExpression.class);
        }
    }

    @Test
    void aTextOfManyEqualPartsIsReadOrRefused() {
        for (String part : List.of("1+", "'a'+", "true&&", "true||", "true?1:", "!", "-")) {
            String source = part.repeat(3_000) + "1";
            try {
                Expression.compile(source, List.of());
            } catch (WrongExpression e) {
                assertThat(e.words()).isNotEmpty();
            }
        }
    }

    @Test
    void decimalsAreCalculatedExactly() throws WrongExpression {
        Random random = new Random(19);
        Expression plus = binary("+");
        Expression minus = binary("-");
        Expression times = binary("*");
        Expression less = binary("<");
        Expression equal = binary("==");
        for (int i = 0; i < 20_000; i++) {
            BigDecimal a = decimal(random);
            BigDecimal b = random.nextInt(4) == 0 ? a.setScale(a.scale() + random.nextInt(4)) : decimal(random);
            List<Value> values = List.of(Value.Num.of(a.toString()), Value.Num.of(b.toString()));
            assertThat(number(plus, values)).isEqualByComparingTo(a.add(b));
            assertThat(number(minus, values)).isEqualByComparingTo(a.subtract(b));
            assertThat(number(times, values)).isEqualByComparingTo(a.multiply(b));
            assertThat(less.evaluate(values, new Budget())).isEqualTo(Value.of(a.compareTo(b) < 0));
            assertThat(equal.evaluate(values, new Budget())).isEqualTo(Value.of(a.compareTo(b) == 0));
        }
    }

    private static Expression binary(String operator) throws WrongExpression {
        return Expression.compile("a " + operator + " b", List.of("a", "b"));
    }

    private static BigDecimal number(Expression expression, List<Value> values) {
        return new BigDecimal(((Value.Num) expression.evaluate(values, new Budget())).text());
    }

    private static BigDecimal decimal(Random random) {
        int scale = random.nextInt(3) == 0 ? 0 : random.nextInt(60) - 20;
        return new BigDecimal(new BigInteger(1 + random.nextInt(200), random), scale)
                .multiply(random.nextBoolean() ? BigDecimal.ONE : BigDecimal.ONE.negate());
    }

    /** CEL's own runtime gives the same values, where its numbers are not rounded. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a + b * 3 - 7 / 2 + a % 4",
                "-a / 3 == -2 ? 'x' : 'y'",
                "a < b && !(a == b) || a >= 100",
                "[1, 2, 3, 4].filter(x, x % 2 == 0).map(x, x * a)",
                "[3, 1].exists(x, x > 2) ? [1].all(x, x > 0) : false",
                "[1, 2, 2].exists_one(x, x == 2)",
                "s.startsWith('He') && s.endsWith('o') && s.contains('ll') && size(s) == 5",
                "s + '-' + string(a)",
                "{'k': [a, b]}['k'][1]",
                "has({'k': 1}.k) && !has({'k': 1}.j)",
                "'k' in {'k': 1} && 2 in [1, 2]",
                "[1] + [2, 3]",
                "timestamp('2026-02-28T23:30:00Z').getDayOfYear('Europe/Berlin')",
                "timestamp('2026-02-28T23:30:00Z').getMonth() + timestamp('2026-02-28T23:30:00Z').getDayOfMonth()",
                "duration('1h30m15s').getMinutes() + duration('-90s').getSeconds()",
                "timestamp('2026-02-28T23:30:00Z') + duration('30m') == timestamp('2026-03-01T00:00:00Z')",
                "int('12') + int(3.9) + int(-3.9)",
                "'\\u00e9\\n' == 'é\\x0a'",
                "false && a / 0 > 1",
            })
    @SuppressWarnings("InlineMeInliner")
    void theValueIsThatOfTheReferenceRuntime(String source) throws Exception {
        var cel = CelFactory.standardCelBuilder()
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addVar("a", SimpleType.INT)
                .addVar("b", SimpleType.INT)
                .addVar("s", SimpleType.STRING)
                .build();
        Object expected = cel.createProgram(cel.compile(source).getAst()).eval(Map.of("a", 7L, "b", 12L, "s", "Hello"));

        Budget budget = new Budget();
        StringBuilder json = new StringBuilder();
        Written.json(
                Expression.compile(source, List.of("a", "b", "s"))
                        .evaluate(List.of(Value.Num.of(7), Value.Num.of(12), new Value.Text("Hello")), budget),
                json,
                budget);
        assertThat(json).hasToString(new ObjectMapper().writeValueAsString(expected));
    }
}
