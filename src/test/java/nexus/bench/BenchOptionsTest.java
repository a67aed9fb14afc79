package nexus.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchOptionsTest {
    private static final Path TARGET = Path.of("no-such-target");

    private static final Set<PosixFilePermission> EXECUTABLE = PosixFilePermissions.fromString("rwxr-xr-x");

    private static BenchOptions parse(String... args) {
        return BenchOptions.parse(List.of(args), TARGET);
    }

    @Test
    void withoutOptionsItStartsWhatItNeeds() {
        assertThat(parse().against()).isEmpty();
        assertThat(parse().source()).isEmpty();
        assertThat(parse().program()).isEmpty();
        assertThat(parse().output()).isEqualTo(TARGET.resolve("bench.json"));
        assertThat(parse().seconds()).isEqualTo(6);
        assertThat(parse().warmUpSeconds()).isEqualTo(40);
        assertThat(parse().parts()).containsExactly(Part.values());
        assertThat(parse().compared()).isEmpty();
    }

    @Test
    void partsRunInTheirOrderHoweverTheyAreNamed() {
        assertThat(parse("--parts", "fan-out,https,latency").parts())
                .containsExactly(Part.LATENCY, Part.HTTPS, Part.FAN_OUT);
    }

    @Test
    void nobodySeesInsideARunningInstance() {
        assertThat(parse("--against=http://h").parts())
                .doesNotContain(Part.IDLE)
                .contains(Part.FAN_OUT);
    }

    @Test
    void theComparedExecutableIsTheOneThatWasBuiltOrTheOneThatIsNamed(@TempDir Path target) throws IOException {
        Path built = Files.createFile(target.resolve("nexus"), PosixFilePermissions.asFileAttribute(EXECUTABLE));
        assertThat(BenchOptions.parse(List.of("--profiles"), target).compared()).contains(built);
        assertThat(BenchOptions.parse(List.of("--profiles", "--seconds=1"), target)
                        .compared())
                .contains(built);
        assertThat(parse("--profiles", built.toString()).compared()).contains(built);
        assertThat(parse("--profiles=" + built, "--warm-up=0").compared()).contains(built);
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
                --profiles                               | --profiles found no executable file no-such-target/nexus: build
                --profiles=/no/such/file                 | --profiles found no executable file /no/such/file: build
                --profiles /no/such/file                 | --profiles found no executable file /no/such/file: build
                --profiles=/bin                          | --profiles found no executable file /bin: build
                --profiles=/bin/sh --native=/bin/sh      | --profiles and --native exclude each other
                --profiles=/bin/sh --against=http://h    | --profiles and --against exclude each other
                --profiles=/bin/sh --parts=https         | --profiles and --parts exclude each other
                --parts=https,                           | --parts must name some of throughput,
                --parts=tls                              | --parts must name some of throughput,latency
                --parts=idle --against=http://h          | --parts=idle and --against exclude each other
                --warm-up=601                            | --warm-up must be a whole number from 0 to 600
                --warm-up=-1                             | --warm-up must be a whole number from 0 to 600
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
