package nexus.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("1994-11-06T08:49:30Z");

    @Test
    void secondsAreTakenAsTheyAre() {
        assertThat(RetryAfter.parse("120", null, NOW)).contains(Duration.ofMinutes(2));
        assertThat(RetryAfter.parse(" 0 ", null, NOW)).contains(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    void allThreeDateFormsOfHttpAreRead(String date) {
        assertThat(RetryAfter.parse(date, null, NOW)).contains(Duration.ofSeconds(7));
    }

    /** The wait is the same whatever the difference between the two clocks. */
    @ParameterizedTest
    @ValueSource(
            strings = {"Sun, 06 Nov 1994 08:00:00 GMT", "Sunday, 06-Nov-94 09:00:00 GMT", "Sun Nov  6 23:30:00 1994"})
    void aDateIsReadByTheClockOfTheReceiver(String date) {
        Instant midnight = Instant.parse("1994-11-06T00:00:00Z");
        Instant answeredAt =
                midnight.plus(RetryAfter.parse(date, null, midnight).orElseThrow());
        String until = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                answeredAt.plusSeconds(90).atOffset(ZoneOffset.UTC));
        assertThat(RetryAfter.parse(until, date, NOW)).contains(Duration.ofSeconds(90));
        assertThat(RetryAfter.parse("7", date, NOW)).contains(Duration.ofSeconds(7));
    }

    @Test
    void aDateOfTheAnswerThatIsNoneIsIgnored() {
        assertThat(RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT", "today", NOW))
                .contains(Duration.ofSeconds(7));
    }

    @Test
    void aDateGoneByMeansNow() {
        assertThat(RetryAfter.parse("Sun, 06 Nov 1994 08:00:00 GMT", null, NOW)).contains(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"86401", "99999999999999999999999999", "Mon, 06 Nov 2034 08:49:37 GMT"})
    void nobodyHoldsASubscriptionForMoreThanADay(String header) {
        assertThat(RetryAfter.parse(header, null, NOW)).contains(Duration.ofHours(24));
    }

    /** Of digits, dates and what stands in them, in any order. */
    @Test
    void anyTextIsAWaitOfADayAtMostOrIgnored() {
        String[] pieces = {
            "Sun, ",
            "06 Nov ",
            "1994",
            " 08:49:37",
            " GMT",
            "-06-Nov-94",
            "Sunday,",
            "Sun Nov  6",
            "+999999999",
            "-999999999",
            "0",
            "9",
            "86400",
            "18446744073709551616",
            " ",
            ",",
            "\0",
            "\r\n",
            "é",
            "٣",
            "24:00:00",
            "31 Feb "
        };
        SplittableRandom random = new SplittableRandom(16);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(8); n > 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            assertThat(RetryAfter.parse(text.toString(), null, NOW).orElse(Duration.ZERO))
                    .isBetween(Duration.ZERO, Duration.ofHours(24));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1.5", "10s", "06 Nov", "٣"})
    void garbageIsIgnored(String header) {
        assertThat(RetryAfter.parse(header, null, NOW)).isEmpty();
    }
}
