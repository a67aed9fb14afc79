package nexus.bench.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {
    @Test
    void aPercentileIsTheSmallestValueThatEnoughOthersDoNotExceed() {
        Percentiles hundred = Percentiles.of(
                LongStream.rangeClosed(1, 100).map(n -> (101 - n) * 1_000_000).toArray());
        assertThat(hundred.millis(0.5)).isEqualTo(50);
        assertThat(hundred.millis(0.99)).isEqualTo(99);
        assertThat(hundred.millis(0.991)).isEqualTo(100);
        assertThat(hundred.millis(1)).isEqualTo(100);
    }

    @Test
    void ofFewValuesEveryAnswerIsOneOfThem() {
        Percentiles two = Percentiles.of(new long[] {7_000_000, 3_000_000});
        assertThat(two.millis(0.5)).isEqualTo(3);
        assertThat(two.millis(0.51)).isEqualTo(7);
        assertThat(two.millis(0.01)).isEqualTo(3);
    }

    @Test
    void ofNothingEverythingIsZero() {
        assertThat(Percentiles.of(new long[0]).millis(0.99)).isZero();
        assertThat(Percentiles.of(new long[0])).hasToString("nothing measured");
    }

    @Test
    void aShareIsAboveZeroAndAtMostOne() {
        Percentiles one = Percentiles.of(new long[] {1});
        assertThatThrownBy(() -> one.millis(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> one.millis(99)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatWasMeasuredIsNotChanged() {
        long[] measured = {3, 1, 2};
        Percentiles.of(measured);
        assertThat(measured).containsExactly(3, 1, 2);
    }
}
