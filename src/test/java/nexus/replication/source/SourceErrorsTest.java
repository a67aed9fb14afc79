package nexus.replication.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgException;
import java.net.ConnectException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceErrorsTest {
    @ParameterizedTest
    @CsvSource({
        "57P01, true, true",
        "57P02, true, true",
        "57P03, true, true",
        "57P04, false, true",
        "57P05, false, true",
        "57014, false, false",
        "57000, false, false",
        "25P03, false, true",
        "25P04, false, true",
        "25P02, false, false",
        "08006, false, true",
        "08P01, false, true",
        "53300, false, false",
        "55006, false, false",
        "55P03, false, false",
    })
    void aCodeSaysWhetherTheServerIsDownOrTheSessionOver(String state, boolean serverIsDown, boolean sessionIsOver) {
        SQLException fromDriver = new SQLException("x", state);
        assertThat(SourceErrors.serverIsDown(fromDriver)).isEqualTo(serverIsDown);
        assertThat(SourceErrors.connectionIsGone(fromDriver)).isEqualTo(sessionIsOver);
        assertThat(SourceErrors.serverIsDown(new IllegalStateException(new PgException("x", "FATAL", state, "y"))))
                .isEqualTo(serverIsDown);
    }

    @Test
    void noListenerIsAServerThatIsDownAndAnErrorWithoutCodeIsNot() {
        assertThat(SourceErrors.serverIsDown(new SQLException("x", "08001", new ConnectException("refused"))))
                .isTrue();
        assertThat(SourceErrors.serverIsDown(new SQLException("x"))).isFalse();
        assertThat(SourceErrors.serverIsDown(null)).isFalse();
        assertThat(SourceErrors.connectionIsGone(new SQLException("x"))).isFalse();
    }
}
