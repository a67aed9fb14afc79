package nexus.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenOptionsTest {
    @Test
    void withoutOptionsItAnswers200OnPort4000() {
        ListenOptions options = ListenOptions.parse(List.of());

        assertThat(options.port()).isEqualTo(4000);
        assertThat(options.status()).isEqualTo(200);
        assertThat(options.delay()).isZero();
        assertThat(options.failFirst()).isZero();
        assertThat(options.key()).isEmpty();
    }

    @Test
    void everyOptionIsReadWithASpaceOrAnEqualsSign() {
        ListenOptions options = ListenOptions.parse(List.of(
                "--port", "4001", "--status=503", "--delay", "250ms", "--fail-first=3", "--secret", "whsec_AQID"));

        assertThat(options.port()).isEqualTo(4001);
        assertThat(options.status()).isEqualTo(503);
        assertThat(options.delay()).isEqualTo(Duration.ofMillis(250));
        assertThat(options.failFirst()).isEqualTo(3);
        assertThat(options.key()).contains(new byte[] {1, 2, 3});
    }

    @Test
    void aSecretWithoutThePrefixIsTakenAsText() {
        assertThat(ListenOptions.parse(List.of("--secret", "hush")).key())
                .contains("hush".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "--port x, --port must be a number from 0 to 65535",
        "--port 65536, --port must be a number from 0 to 65535",
        "--status 100, --status must be a number from 200 to 599",
        "--delay 5, --delay must be a duration like",
        "--fail-first -1, --fail-first must be a number",
        "--secret, --secret needs a value",
        "--secret=, --secret must not be empty",
        "--secret whsec_?, --secret has no base64",
        "--prot 4000, --prot is not an option",
        "4000, 4000 is not an option",
    })
    void aBadOptionIsNamed(String args, String words) {
        assertThatThrownBy(() -> ListenOptions.parse(List.of(args.split(" "))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(words);
    }
}
