package nexus.store;

import static nexus.store.NamedSql.parameter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedSqlTest {
    private record Range(int first, long last) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a   | SELECT :a                              | SELECT $1",
                "a,b | SELECT :a, :b, :a                      | SELECT $1, $2, $1",
                "b,a | SELECT :a, :b, :a                      | SELECT $2, $1, $2",
                "a,b | SELECT :b::int[], :a::text             | SELECT $2::int[], $1::text",
                "a,b | SELECT (:a::int[])[first:last], :b     | SELECT ($1::int[])[first:last], $2",
                "a,b | SELECT x[1:n], y[a[1]:b], :a, :b       | SELECT x[1:n], y[a[1]:b], $1, $2",
                "a,b | SELECT ANY(:a),:b                      | SELECT ANY($1),$2",
                "a   | SELECT '2026-01-31 18:00:00'::date, :a | SELECT '2026-01-31 18:00:00'::date, $1",
                "a   | SELECT ':b (-?[0-9]) $1', 'it''s', :a  | SELECT ':b (-?[0-9]) $1', 'it''s', $1"
            })
    void namesBecomePositionsInTheOrderOfTheirDeclaration(String names, String named, String positioned) {
        assertThat(NamedSql.of(named, names.split(",")).text()).isEqualTo(positioned);
    }

    @Test
    void anotherNameThanTheDeclaredOnesIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> NamedSql.of("SELECT :a, :b", "a"));
        assertThatIllegalArgumentException().isThrownBy(() -> NamedSql.of("SELECT :a", "a", "b"));
        assertThatIllegalArgumentException().isThrownBy(() -> NamedSql.of("SELECT :a", "a", "a"));
        assertThatIllegalArgumentException().isThrownBy(() -> NamedSql.of("SELECT :a, $2", "a"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NamedSql.from("SELECT :first", parameter("frist", Range::first)));
        assertThatIllegalArgumentException().isThrownBy(() -> NamedSql.of("SELECT :a, ?", "a"));
    }

    @Test
    void valuesGoWhereTheirNamesAre() {
        NamedSql sql = NamedSql.of("SELECT :last, :first", "first", "last");
        assertThat(sql.text()).isEqualTo("SELECT $2, $1");
        assertThat(sql.tuple(1, 2L).deepToString()).isEqualTo(Tuple.of(1, 2L).deepToString());
        assertThatIllegalArgumentException().isThrownBy(() -> sql.tuple(1));

        NamedSql.From<Range> from =
                NamedSql.from("SELECT :last, :first", parameter("last", Range::last), parameter("first", Range::first));
        assertThat(from.text()).isEqualTo("SELECT $1, $2");
        assertThat(from.tuple(new Range(1, 2)).deepToString())
                .isEqualTo(Tuple.of(2L, 1).deepToString());
    }

    @Test
    void aPartOfAStatementBringsItsOwnParameters() {
        List<NamedSql.Parameter<Range>> part = List.of(parameter("last", Range::last));
        NamedSql.From<Range> from =
                NamedSql.from("SELECT :first, %s".formatted(":last"), part, parameter("first", Range::first));
        assertThat(from.text()).isEqualTo("SELECT $2, $1");
        assertThat(from.tuple(new Range(1, 2)).deepToString())
                .isEqualTo(Tuple.of(2L, 1).deepToString());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NamedSql.from("SELECT :last", part, parameter("last", Range::last)));
        assertThatIllegalArgumentException().isThrownBy(() -> NamedSql.from("SELECT 1", part));
    }

    @Test
    void anArrayHasAnElementForEachInItsOrderAndNullsForMissingValues() {
        assertThat(NamedSql.array(List.of("b", "", "a"), Integer[]::new, text -> text.isEmpty() ? null : text.length()))
                .containsExactly(1, null, 1);
        assertThat(NamedSql.array(List.<String>of(), Integer[]::new, String::length))
                .isEmpty();
    }

    @Test
    void aNullIsAValue() {
        assertThat(NamedSql.of("SELECT :a", "a").tuple((Object) null).getValue(0))
                .isNull();
    }
}
