package nexus.access;

import static org.assertj.core.api.Assertions.assertThat;

import nexus.access.browser.Loopback;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiGateTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"/v1/health", "/", "/openapi", "/swagger/", "/swagger/index.css", "/page/app-1.2.js", "/v10"})
    void healthAndWhatIsPlainlyOutsideTheApiIsOpen(String path) {
        assertThat(ApiGate.isOpen(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1",
                "/v1/",
                "/v1/events",
                "/api/v1/logs",
                "//v1/events",
                "/v1//health",
                "/v1/health/",
                "/v1/health/../events",
                "/x/../v1/events",
                "/./v1/events",
                "/%76%31/events",
                "/openapi/%2e%2e/v1/events",
                "/openapi;x=1/../v1/events",
                "/x\\..\\v1",
                "v1/events",
                "*",
                ""
            })
    void everythingElseNeedsAKeyHoweverItIsSpelt(String path) {
        assertThat(ApiGate.isOpen(path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]", "::1"})
    void theseHostsAreThisMachine(String host) {
        assertThat(Loopback.isLoopback(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example", "10.0.0.1", "0.0.0.0"})
    void theseHostsAreForeign(String host) {
        assertThat(Loopback.isLoopback(host)).isFalse();
    }
}
