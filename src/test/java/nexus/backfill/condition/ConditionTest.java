package nexus.backfill.condition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nexus.refusal.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status = 'open'",
                "total > 5 AND (a, b) IN ((1, 2), (3, 4))",
                "name = 'it''s; -- no comment /* here */ ) ('",
                "\"odd ; -- name\" IS NOT NULL",
                "tags[1] = 'x' OR tags = '{1,2}'",
                "price - -1 > 0",
                "id IN (SELECT order_id FROM public.items WHERE qty > 1)",
                "größe > 1.5e-3",
                "note ~ '^a.*b$'"
            })
    void aConditionStaysAsItIs(String text) {
        assertThat(Condition.parse(text, "/where").sql()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true); DROP TABLE orders; --",
                "true) OR (true",
                "(true",
                "a = 'open",
                "a = \"open",
                "a = E'\\'",
                "a = E'\\\\\\'",
                "true -- rest",
                "true /* rest",
                "a */ 1",
                "a = $1",
                "a = $$x$$",
                "a = $t$x$t$",
                "a = U&'d\\0061t'",
                "U&\"d\" = 1",
                "true; SELECT 1",
                "a[1",
                "a[1)",
                "\\d",
                "{fn now()}",
                "a = '\u0000'",
                "a \u0001 b",
                "   "
            })
    void whatCouldLeaveTheParenthesesIsRefused(String text) {
        assertThatThrownBy(() -> Condition.parse(text, "/where"))
                .isInstanceOfSatisfying(Refusal.Invalid.class, refusal -> assertThat(refusal.errors())
                        .singleElement()
                        .satisfies(error -> assertThat(error.pointer()).isEqualTo("/where")));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`a ~ '^\\d+$'`,`a ~  E'^\\\\d+$'`",
                "`a = E'x\\'y'`,`a =  E'x''y'`",
                "`a = 'x\\'`,`a =  E'x\\\\'`",
                "`data ? 'k' AND data ?| ARRAY['a']`,`data ?? 'k' AND data ??| ARRAY['a']`",
                "`note = '?'`,`note = '?'`",
                "`at > date'2026-01-01'`,`at > date '2026-01-01'`",
                "`b = B'1' AND x = x'ff'`,`b = B'1' AND x = X'ff'`"
            })
    void itsMeaningDependsOnNoSetting(String text, String sql) {
        assertThat(Condition.parse(text, "/where").sql()).isEqualTo(sql);
    }

    @Test
    void callsAreKnownByName() {
        Condition condition = Condition.parse(
                "Lower(a) = 'x' AND public.\"F\"\"x\" (b) AND pg_catalog . pg_sleep\n(1) IS NULL AND c IN (1)",
                "/where");

        assertThat(condition.calls()).containsExactlyInAnyOrder("lower", "in");
        assertThat(condition.qualifiedCalls()).containsExactlyInAnyOrder("F\"x", "pg_sleep");
    }

    @Test
    void aLongOneIsRefused() {
        assertThatThrownBy(() -> Condition.parse("a".repeat(Condition.MAX_CHARACTERS + 1), "/where"))
                .isInstanceOf(Refusal.Invalid.class);
    }
}
