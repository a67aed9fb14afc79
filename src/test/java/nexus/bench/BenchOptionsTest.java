package nexus.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchOptionsTest {
    private static final Path OUTPUT = Path.of("target", "bench.json");

    private static BenchOptions parse(String... args) {
        return BenchOptions.parse(List.of(args), OUTPUT);
    }

    @Test
    void withoutOptionsItStartsWhatItNeeds() {
        assertThat(parse().against()).isEmpty();
        assertThat(parse().source()).isEmpty();
        assertThat(parse().program()).isEmpty();
        assertThat(parse().output()).isEqualTo(OUTPUT);
        assertThat(parse().seconds()).isEqualTo(6);
    }

    @Test
    void aRunningInstanceIsNamedByItsAddress() {
        BenchOptions options = parse(
                "--against=http://nexus.internal:3000/",
                "--api-key",
                "secret",
                "--source-url",
                "postgresql://u:p@db:5432/shop",
                "--receiver-host=10.0.0.7");
        assertThat(options.against()).contains(URI.create("http://nexus.internal:3000"));
        assertThat(options.apiKey()).contains("secret");
        assertThat(options.source())
                .hasValueSatisfying(source -> assertThat(source).hasToString("db:5432/shop"));
        assertThat(options.receiverHost()).isEqualTo("10.0.0.7");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                --fast                                   | --fast is not an option
                3                                        | 3 is not an option
                --against                                | --against needs a value
                --against=localhost:3000                 | --against must be the address of a Nexus
                --against=http://localhost:3000/v1       | --against must be the address of a Nexus
                --api-key=k                              | --api-key needs --against
                --source-url=postgresql://u@h/d          | --source-url needs --against
                --against=http://h --source-url=mysql:x  | --source-url must start with postgresql://
                --against=http://h --native=/bin/sh      | --native and --against exclude each other
                --native=/no/such/file                   | --native must name an executable file
                --seconds=0                              | --seconds must be a whole number from 1 to 60
                --seconds=61                             | --seconds must be a whole number from 1 to 60
                --seconds=2 --seconds=3                  | --seconds is given twice
                """)
    void aWrongOptionIsNamed(String args, String message) {
        assertThatThrownBy(() -> parse(args.split(" ", -1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aWrongSourceUrlIsNotRepeatedForItHoldsAPassword() {
        assertThatThrownBy(() -> parse("--against=http://h", "--source-url=postgresql://u:hush@h/d?ssl=1"))
                .hasMessageNotContaining("hush");
    }
}
