package nexus.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class TargetTest {
    @Test
    void aUrlIsTakenApartAndItsEscapesAreKept() {
        assertThat(Target.of(URI.create("https://a.example:8443/x%2Fy?q=%20&z")))
                .isEqualTo(new Target(true, "a.example", 8443, "/x%2Fy?q=%20&z"));
    }

    @Test
    void thePortIsTheSchemesAndThePathARootWhenTheyAreMissing() {
        assertThat(Target.of(URI.create("https://a.example"))).isEqualTo(new Target(true, "a.example", 443, "/"));
        assertThat(Target.of(URI.create("HTTP://a.example?q"))).isEqualTo(new Target(false, "a.example", 80, "/?q"));
    }

    @Test
    void hostsThatJavaDoesNotKnowAsHostsAreFound() {
        assertThat(Target.of(URI.create("http://my_service:8080/")))
                .isEqualTo(new Target(false, "my_service", 8080, "/"));
        assertThat(Target.of(URI.create("http://2130706433/"))).isEqualTo(new Target(false, "2130706433", 80, "/"));
        assertThat(Target.of(URI.create("http://[::1]:1/"))).isEqualTo(new Target(false, "[::1]", 1, "/"));
    }
}
