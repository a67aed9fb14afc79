package nexus.page.start;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrialTest {
    @ParameterizedTest
    @CsvSource({
        "table, users, public.users, pg.public.users.*, true",
        "table, sales.Große, sales.Große, pg.sales.Gro%C3%9Fe.*, false",
        "type, order.paid, order.paid, order.paid, false"
    })
    void whatIsTriedIsSubscribedTo(String kind, String entered, String what, String eventType, boolean isDemo) {
        Trial trial = Trial.of(kind, " " + entered + " ").orElseThrow();

        assertThat(trial.what()).isEqualTo(what);
        assertThat(trial.eventType()).isEqualTo(eventType);
        assertThat(trial.isDemo()).isEqualTo(isDemo);
    }

    @ParameterizedTest
    @CsvSource({
        "type, pg.a.b",
        "type, nexus.test",
        "type, 'a b'",
        "type, a..b",
        "type, ''",
        "table, ''",
        "type, <script>"
    })
    void nothingElseIsTried(String kind, String entered) {
        assertThat(Trial.of(kind, entered)).isEmpty();
    }
}
