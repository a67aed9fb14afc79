package nexus.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.pgclient.PgConnectOptions;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.Driver;

class PostgresUrlTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        postgresql://u:p@my_db/shop             | my_db         | 5432 | u   | p
        postgresql://u:p%40%2Fs@my_db:6432/shop | my_db         | 6432 | u   | p@/s
        postgres://u@shop_db_1.internal/shop    | shop_db_1.internal | 5432 | u | ''
        postgresql://u:p@db:/shop               | db            | 5432 | u   | p
        postgresql://u:p@10.0.0.1:1/shop        | 10.0.0.1      | 1    | u   | p
        postgresql://u:p@[fd00::1]/shop         | fd00:0:0:0:0:0:0:1 | 5432 | u | p
        """)
    void bothDriversAreTakenToTheSamePlace(String text, String host, int port, String user, String password)
            throws Exception {
        PostgresUrl url = PostgresUrl.parse(text);

        PgConnectOptions options = url.clientOptions();
        assertThat(options.getPort()).isEqualTo(port);
        assertThat(options.getUser()).isEqualTo(user);
        assertThat(options.getPassword()).isEqualTo(password);
        assertThat(options.getDatabase()).isEqualTo("shop");
        Properties jdbc = Objects.requireNonNull(Driver.parseURL(url.jdbcUrl(), new Properties()));
        assertThat(jdbc.getProperty("PGPORT")).isEqualTo(Integer.toString(port));
        if (host.indexOf(':') < 0) {
            assertThat(options.getHost()).isEqualTo(host);
            assertThat(jdbc.getProperty("PGHOST")).isEqualTo(host);
        } else {
            assertThat(jdbc.getProperty("PGHOST")).isEqualTo("[" + options.getHost() + "]");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        postgresql:///shop                    | must name one host
        postgresql://u:hush@a,b/shop          | must name one host
        postgresql://u:hush@a:1,b:2/shop      | must name one host
        postgresql://u:hush@/shop             | must name a host
        postgresql://my_db/shop               | must name a user
        postgresql://:hush@my_db/shop         | must name a user
        postgresql://u:hu@sh@my_db/shop       | encode @ in a password as %40
        postgresql://u:hush@my_db:0/shop      | a port from 1 to 65535
        postgresql://u:hush@my_db:65536/shop  | a port from 1 to 65535
        postgresql://u:hush@my_db:x/shop      | a number as its port
        postgresql://u:hush@bücher.example/db | in ASCII, as xn--bcher-kva.example
        postgresql://u:hush@127.1/shop        | four numbers
        """)
    void whatLeadsNowhereIsToldWithoutThePassword(String text, String words) {
        assertThatThrownBy(() -> PostgresUrl.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("hush");
    }

    @Test
    void itPrintsNoPassword() {
        assertThat(PostgresUrl.parse("postgresql://u:hush@my_db/shop").toString())
                .isEqualTo("my_db:5432/shop");
    }
}
