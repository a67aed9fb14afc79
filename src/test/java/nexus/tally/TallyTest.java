package nexus.tally;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TallyTest {
    @Test
    void bucketsAscendAndLieWithinASixtyFourthOfTheirDurations() {
        int last = 0;
        for (int ms = 0; ms < 1 << 20; ms++) {
            int bucket = DurationScale.bucket(ms);
            assertThat(bucket).isBetween(last, last + 1);
            last = bucket;
            assertThat(Math.abs(DurationScale.middle(bucket) - ms)).isLessThanOrEqualTo(ms / 64);
        }
        assertThat(last).isEqualTo(DurationScale.BUCKETS - 1);
        assertThat(DurationScale.bucket(Integer.MAX_VALUE)).isEqualTo(last);
        assertThat(DurationScale.bucket(-1)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        ",NONE",
        "100,OTHER",
        "199,OTHER",
        "200,SUCCESSFUL",
        "302,REDIRECT",
        "410,CLIENT_ERROR",
        "599,SERVER_ERROR",
        "600,OTHER",
        "0,OTHER",
        "-200,OTHER"
    })
    void anAnswerHasAClass(Integer statusCode, StatusClass expected) {
        Tally tally = new Tally();
        tally.add(new Long[] {Tried.once(false, statusCode, 10)});
        for (StatusClass answers : StatusClass.values()) {
            assertThat(tally.failed(answers)).isEqualTo(answers == expected ? 1 : 0);
        }
    }

    @Test
    void sumsCountWhatTheSingleAttemptsCount() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            int size = random.nextInt(300);
            int[] durations = new int[size];
            Long[] each = new Long[size];
            long delivered = 0;
            for (int i = 0; i < size; i++) {
                boolean isDelivered = random.nextInt(3) > 0;
                delivered += isDelivered ? 1 : 0;
                durations[i] = random.nextInt(random.nextBoolean() ? 40 : 20_000);
                each[i] = Tried.once(
                        isDelivered, random.nextInt(5) == 0 ? null : 150 + random.nextInt(450), durations[i]);
            }
            Long[] summed = Tried.summed(each);
            assertThat(Arrays.stream(summed).map(n -> n & 0xffff)).doesNotHaveDuplicates();
            Tally one = new Tally();
            one.add(each);
            Tally other = new Tally();
            int cut = summed.length / 2;
            other.add(Arrays.copyOf(summed, cut));
            other.add(Arrays.copyOfRange(summed, cut, summed.length));

            assertThat(described(other)).isEqualTo(described(one));
            assertThat(one.sent()).isEqualTo(delivered);
            assertThat(Arrays.stream(StatusClass.values())
                                    .mapToLong(one::failed)
                                    .sum()
                            + delivered)
                    .isEqualTo(size);
            Arrays.sort(durations);
            for (int percent : new int[] {50, 99}) {
                if (size == 0) {
                    assertThat(one.percentile(percent)).isEmpty();
                } else {
                    int exact = durations[Math.ceilDiv(size * percent, 100) - 1];
                    assertThat(Math.abs(one.percentile(percent).orElseThrow() - exact))
                            .isLessThanOrEqualTo(exact / 64);
                }
            }
        }
    }

    @Test
    void aClassOfALaterVersionIsOther() {
        assertThat(IntStream.of(-1, 6, 7, 1000).mapToObj(StatusClass::numbered)).containsOnly(StatusClass.OTHER);
    }

    private static List<Object> described(Tally tally) {
        List<Object> parts = new ArrayList<>(List.of(tally.sent(), tally.percentile(50), tally.percentile(99)));
        for (StatusClass answers : StatusClass.values()) {
            parts.add(tally.failed(answers));
        }
        return parts;
    }
}
