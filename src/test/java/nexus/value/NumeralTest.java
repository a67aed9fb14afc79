package nexus.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumeralTest {
    @ParameterizedTest
    @CsvSource({
        "9007199254740993, 9007199254740992, 1",
        "1.10, 1.1, 0",
        "-0, 0, 0",
        "0e99999999999999999999, 0, 0",
        "1e400, 9e399, 1",
        "-1e400, 1, -1",
        "1e-400, 0, 1",
        "100, 1e2, 0",
        "0.001, 1E-3, 0",
        "12345678901234567890123456789, 12345678901234567890123456788, 1",
        "0.12345678901234567890123456789, 0.12345678901234567890123456788, 1",
        "12, 120, -1",
        "-12, -120, 1",
        "0.5, 0.49999999999999999999999999999, 1",
        "1e99999999999999999999, 1e99999999999999999998, 1",
        "10e99999999999999999998, 1e99999999999999999999, 0",
    })
    void comparesExactly(String one, String other, int expected) {
        Numeral a = Numeral.of(one);
        Numeral b = Numeral.of(other);
        assertThat(a.compareTo(b)).isEqualTo(expected);
        assertThat(b.compareTo(a)).isEqualTo(-expected);
        assertThat(a.equals(b)).isEqualTo(expected == 0);
        if (expected == 0) {
            assertThat(a).hasSameHashCodeAs(b);
        }
    }

    @Test
    void randomNumbersCompareAsDecimals() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String one = random(random);
            String other = random.nextInt(4) == 0 ? one + "0" : random(random);
            other = other.contains("e") || other.contains(".") ? random(random) : other;
            assertThat(Numeral.of(one).compareTo(Numeral.of(other)))
                    .as("%s and %s", one, other)
                    .isEqualTo(new BigDecimal(one).compareTo(new BigDecimal(other)));
        }
    }

    private static String random(Random random) {
        String text = (random.nextBoolean() ? "-" : "") + random.nextInt(20);
        text += random.nextBoolean() ? "." + random.nextInt(300) : "";
        return text + (random.nextInt(3) == 0 ? "e" + (random.nextInt(7) - 3) : "");
    }

    @ParameterizedTest
    @CsvSource({"3, true", "3.0, true", "3e2, true", "3.5, false", "35e-1, false", "0.0, true", "300e-2, true"})
    void knowsWholeNumbers(String text, boolean isWhole) {
        assertThat(Numeral.of(text).isWhole()).isEqualTo(isWhole);
    }
}
