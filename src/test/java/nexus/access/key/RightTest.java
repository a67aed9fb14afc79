package nexus.access.key;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RightTest {
    @ParameterizedTest
    @CsvSource({
        "GET,    /v1/events,          READ",
        "HEAD,   /v1/events,          READ",
        "GET,    /v1/keys,            READ",
        "POST,   /v1/events,          PUBLISH",
        "POST,   /v1/events/batch,    PUBLISH",
        "POST,   /v1/events/,         MANAGE",
        "POST,   //v1/events,         MANAGE",
        "PUT,    /v1/events,          MANAGE",
        "POST,   /v1/keys,            MANAGE",
        "POST,   /v1/subscriptions,   MANAGE",
        "POST,   /v1/deliveries/retry, MANAGE",
        "DELETE, /v1/events/batch,    MANAGE",
        "PATCH,  /v1/subscriptions/x, MANAGE"
    })
    void anythingButReadingAndPublishingNeedsManage(String method, String path, Right needed) {
        assertThat(Right.neededFor(method, path)).isEqualTo(needed);
    }
}
