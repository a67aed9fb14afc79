package nexus.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoublingTest {
    @ParameterizedTest
    @CsvSource({
        "1, PT1S",
        "2, PT2S",
        "3, PT4S",
        "4, PT8S",
        "5, PT15S",
        "6, PT15S",
        "63, PT15S",
        "64, PT15S",
        "65, PT15S",
        "2147483647, PT15S"
    })
    void doublesUpToTheLongest(int number, Duration wait) {
        assertThat(new Doubling(Duration.ofSeconds(1), Duration.ofSeconds(15)).nth(number))
                .isEqualTo(wait);
    }

    @Test
    void isExactAndDoesNotOverflow() {
        Doubling waits = new Doubling(Duration.ofNanos(1), Duration.ofSeconds(Long.MAX_VALUE / 1_000_000_000));

        for (int number = 1; number <= 62; number++) {
            assertThat(waits.nth(number)).isEqualTo(Duration.ofNanos(1L << (number - 1)));
        }
        assertThat(waits.nth(63)).isEqualTo(Duration.ofNanos(1L << 62));
        assertThat(waits.nth(64)).isEqualTo(waits.longest());
    }

    @Test
    void evenTheFirstIsNoLongerThanTheLongest() {
        assertThat(new Doubling(Duration.ofSeconds(9), Duration.ofSeconds(5)).nth(1))
                .isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void refusesNoWaitAndNoNumber() {
        Duration second = Duration.ofSeconds(1);

        assertThatThrownBy(() -> new Doubling(Duration.ZERO, second)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Doubling(second, Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Doubling(second, second).nth(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
