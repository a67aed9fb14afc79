package nexus.webhook.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class EndpointTest {
    @Test
    void aUrlIsTakenApartAndItsEscapesAreKept() {
        assertThat(Endpoint.of(URI.create("https://a.example:8443/x%2Fy?q=%20&z")))
                .isEqualTo(new Endpoint(true, "a.example", 8443, "/x%2Fy?q=%20&z"));
    }

    @Test
    void thePortIsTheSchemesAndThePathARootWhenTheyAreMissing() {
        assertThat(Endpoint.of(URI.create("https://a.example"))).isEqualTo(new Endpoint(true, "a.example", 443, "/"));
        assertThat(Endpoint.of(URI.create("HTTP://a.example?q")))
                .isEqualTo(new Endpoint(false, "a.example", 80, "/?q"));
    }

    @Test
    void hostsThatJavaDoesNotKnowAsHostsAreFound() {
        assertThat(Endpoint.of(URI.create("http://my_service:8080/")))
                .isEqualTo(new Endpoint(false, "my_service", 8080, "/"));
        assertThat(Endpoint.of(URI.create("http://2130706433/"))).isEqualTo(new Endpoint(false, "2130706433", 80, "/"));
        assertThat(Endpoint.of(URI.create("http://[::1]:1/"))).isEqualTo(new Endpoint(false, "[::1]", 1, "/"));
    }
}
