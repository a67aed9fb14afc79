package nexus.doctor.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import nexus.doctor.check.Check;
import nexus.store.Pooling;
import nexus.store.PostgresUrl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionFailureTest {
    private static final PostgresUrl URL = PostgresUrl.parse("postgresql://app:hush@db.example.com:5433/shop");

    @Test
    void theReasonIsToldInPlainWords() {
        assertThat(of("08001", "failed", new ConnectException("Connection refused"))
                        .detail())
                .isEqualTo("nothing listens on db.example.com:5433 (connection refused)");
        assertThat(of("08001", "failed", new UnknownHostException("db.example.com")))
                .returns("no host is known as db.example.com", Check::detail)
                .returns("Correct the host in DATABASE_URL.", Check::fix);
        assertThat(of("08001", "failed", new SocketTimeoutException("connect timed out"))
                        .detail())
                .contains("does not answer within 4 s");
        assertThat(of("08006", "failed", new SSLHandshakeException("PKIX path building failed"))
                        .fix())
                .contains("sslrootcert=");
        assertThat(of("08004", "The server does not support SSL.", null).fix()).contains("sslmode=disable");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "28P01 | password authentication failed for user \"app\" | the password of role app is wrong | \\password",
                "28000 | role \"app\" does not exist | role \"app\" does not exist | CREATE ROLE \"app\" LOGIN REPLICATION",
                "28000 | no pg_hba.conf entry for host \"10.0.0.7\", SSL encryption | no pg_hba.conf entry | host  \"shop\"  \"app\"",
                "3D000 | database \"shop\" does not exist | no database shop | CREATE DATABASE \"shop\";",
                "42501 | permission denied for database \"shop\" | permission denied | GRANT CONNECT ON DATABASE \"shop\" TO \"app\";",
                "53300 | sorry, too many clients already | too many clients | max_connections",
                "57P03 | the database system is starting up | starting up | Wait"
            })
    void whatTheServerRefusesHasItsFix(String state, String message, String detail, String fix) {
        Check check = of(state, "FATAL: " + message, null);
        assertThat(check.status()).isEqualTo("fail");
        assertThat(check.detail()).contains(detail);
        assertThat(check.fix()).contains(fix);
    }

    @Test
    void thePasswordNeverShows() {
        Check check = of("XX000", "odd: postgresql://app:hush@db.example.com", null);
        assertThat(check.toString()).doesNotContain("hush");
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://postgres.abcd:x@aws-0-eu-west-1.pooler.supabase.com:6543/postgres, postgresql://postgres:<password>@db.abcd.supabase.co:5432/postgres",
        "postgresql://app:x@ep-cool-1-pooler.eu.neon.tech/shop, postgresql://app:<password>@ep-cool-1.eu.neon.tech:5432/shop"
    })
    void aPoolerIsKnownByItsName(String address, String direct) {
        PostgresUrl url = PostgresUrl.parse(address);
        Check check = Pooler.check("source-not-pooled", Optional.of("DATABASE_URL"), url, new Pooling.Direct());
        assertThat(check.fix()).endsWith(direct);
        assertThat(Pooler.check("source-not-pooled", Optional.of("DATABASE_URL"), URL, new Pooling.Direct())
                        .status())
                .isEqualTo("ok");
    }

    @Test
    void onlyTheStoreMayStandBehindAPoolerAndOnlyInSessionMode() {
        for (String which : List.of("source", "store")) {
            String check = which + "-not-pooled";
            Optional<String> variable = Optional.of("DATABASE_URL");
            assertThat(Pooler.check(check, variable, URL, new Pooling.PerTransaction("x")))
                    .returns("fail", Check::status)
                    .satisfies(found -> assertThat(found.detail()).contains("transaction mode"))
                    .satisfies(found -> assertThat(found.fix()).contains("direct address"));
            assertThat(Pooler.check(check, variable, URL, new Pooling.PerSession("x")))
                    .returns(which.equals("store") ? "ok" : "fail", Check::status);
        }
    }

    private static Check of(String state, String message, @Nullable Throwable cause) {
        return ConnectionFailure.check(
                "source-reachable", Optional.of("DATABASE_URL"), URL, new SQLException(message, state, cause));
    }
}
