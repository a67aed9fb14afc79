package nexus.notation;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlStateTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "08006", "08P01", "53100", "53300", "57P01", "57P02", "57P03", "57P05", "25006", "25P03", "25P04",
                "40P01", "57014"
            })
    void whatALaterTryMayEscapeIsTemporary(String state) {
        assertThat(SqlState.isTemporary(new SQLException("text", state))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "22021", "23505", "23514", "28P01", "42501", "42P01", "54000", "XX000"})
    void whatTheStatementItselfCausesIsNot(String state) {
        assertThat(SqlState.isTemporary(new SQLException("text", state))).isFalse();
    }
}
