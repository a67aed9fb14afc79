package nexus.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {
    @ParameterizedTest
    @ValueSource(strings = {"0/0", "0/1A2B3C8", "16/B374D848", "FFFFFFFF/FFFFFFFF", "1/0"})
    void readsWhatItWrites(String text) {
        assertThat(Lsn.parse(text)).hasToString(text);
    }

    @Test
    void lowerCaseAndLeadingZerosAreTheSameNumber() {
        assertThat(Lsn.parse("0/01a2b3c8")).isEqualTo(new Lsn(0x1A2B3C8L));
    }

    @Test
    void theTopHalfOfTheNumbersIsGreaterNotNegative() {
        assertThat(Lsn.parse("7FFFFFFF/FFFFFFFF").isBefore(Lsn.parse("80000000/0")))
                .isTrue();
        assertThat(Lsn.ZERO.isBefore(Lsn.parse("FFFFFFFF/0"))).isTrue();
    }

    @Test
    void countsBytesFromTheBeginningOfTheWal() {
        assertThat(Lsn.ZERO.bytes()).isZero();
        assertThat(Lsn.parse("16/B374D848").bytes()).isEqualTo(0x16B374D848L);
        assertThat(Lsn.parse("FFFFFFFF/FFFFFFFF").bytes()).isEqualTo(0x1p64);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "0", "0/", "/0", "0/123456789", "0/G", "0/-1", "+0/1", " 0/1", "0/1 ", "0/1/2", "0/١"})
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> Lsn.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
