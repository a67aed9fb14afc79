package nexus.doctor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import nexus.doctor.check.Check;
import nexus.doctor.server.Servers;
import nexus.store.PostgresUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SynchronousStandbysTest {
    private static final PostgresUrl URL = PostgresUrl.parse("postgresql://app@localhost/shop");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``| false",
                "* | true",
                "\"*\" | true",
                "nexus-capture | true",
                "\"Nexus-Capture\" | true",
                "s1, \"nexus-capture\" | true",
                "FIRST 1 (*) | true",
                "ANY 2 (s1, s2, \"nexus-capture\") | true",
                "2 (s1, *) | true",
                "nexus | false",
                "s1, s2 | false",
                "FIRST 1 (s1, \"a\"\"b, *\") | false"
            })
    void theNamesAreReadAsTheServerReadsThem(String names, boolean fits) {
        assertThat(SynchronousStandbys.fits(names, "nexus-capture")).isEqualTo(fits);
    }

    @Test
    void aNameThatFitsIsAWarningWithTheStatement() {
        Check check = SynchronousStandbys.check(Servers.healthy(), "*", URL);
        assertThat(check.status()).isEqualTo("warn");
        assertThat(check.fix()).startsWith("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (");
        assertThat(SynchronousStandbys.check(Servers.healthy(), "", URL).status())
                .isEqualTo("ok");
    }
}
