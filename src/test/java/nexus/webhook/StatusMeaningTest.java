package nexus.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nexus.target.SendResult.Extent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusMeaningTest {
    private static final Optional<Duration> WAIT = Optional.of(Duration.ofSeconds(7));

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 304, 400, 401, 404, 409, 411, 413, 422, 428, 499})
    void aRefusalOfAnEndpointThatIsUpIsAboutOneDelivery(int status) {
        assertThat(StatusMeaning.extent(status, WAIT)).isEqualTo(new Extent.ThisDelivery());
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void anOverloadedEndpointMayAskForAPause(int status) {
        assertThat(StatusMeaning.extent(status, WAIT)).isEqualTo(new Extent.AllForNow(WAIT));
        assertThat(StatusMeaning.extent(status, Optional.empty())).isEqualTo(new Extent.AllForNow(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 501, 502, 504, 599})
    void aBrokenEndpointFailsForAllAndAsksForNothing(int status) {
        assertThat(StatusMeaning.extent(status, WAIT)).isEqualTo(new Extent.AllForNow(Optional.empty()));
    }

    @Test
    void goneIsForGood() {
        assertThat(StatusMeaning.extent(410, WAIT)).isEqualTo(new Extent.AllForGood("the endpoint answered 410 Gone"));
    }

    @Test
    void onlyThreeDigitsOfTheFiveClassesAreAStatus() {
        assertThat(List.of(100, 200, 299, 300, 599)).allMatch(StatusMeaning::isStatus);
        assertThat(List.of(0, 99, 600, 999)).noneMatch(StatusMeaning::isStatus);
        assertThat(List.of(200, 204, 299)).allMatch(StatusMeaning::isSuccess);
        assertThat(List.of(199, 300, 404)).noneMatch(StatusMeaning::isSuccess);
    }
}
