package nexus.webhook.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.net.ProxyOptions;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetProxyTest {
    private static final List<String> DIRECT =
            List.of("hooks.example", ".dotted.example", "*.starred.example", "203.0.114.0/24", "2606:4700::/32");

    @ParameterizedTest
    @CsvSource({
        "https://receiver.example,       198.35.26.96,     true",
        "https://receiver.example:8443,  198.35.26.96,     true",
        "http://receiver.example,        198.35.26.96,     false",
        "https://receiver.example,       10.1.2.3,         false",
        "https://localhost,              127.0.0.1,        false",
        "https://receiver.example,       203.0.114.9,      false",
        "https://203.0.114.9,            203.0.114.9,      false",
        "https://[2606:4700::1],         2606:4700::1,     false",
        "https://hooks.example,          198.35.26.96,     false",
        "https://HOOKS.example,          198.35.26.96,     false",
        "https://eu.hooks.example,       198.35.26.96,     false",
        "https://otherhooks.example,     198.35.26.96,     true",
        "https://a.dotted.example,       198.35.26.96,     false",
        "https://a.starred.example,      198.35.26.96,     false"
    })
    void publicTargetsWithTlsGoThroughItUnlessExcepted(String endpoint, String address, boolean isThroughIt) {
        TargetProxy proxy = TargetProxy.of(Optional.of("http://proxy.internal:3128"), DIRECT);
        assertThat(proxy.toward(Endpoint.of(URI.create(endpoint)), InetAddress.ofLiteral(address))
                        .isPresent())
                .isEqualTo(isThroughIt);
    }

    @Test
    void userAndPasswordAreDecoded() {
        ProxyOptions options = TargetProxy.of(Optional.of("http://a%40b:p%3Ass+w@proxy.internal"), List.of())
                .toward(Endpoint.of(URI.create("https://receiver.example")), InetAddress.ofLiteral("198.35.26.96"))
                .orElseThrow();
        assertThat(options.getHost()).isEqualTo("proxy.internal");
        assertThat(options.getPort()).isEqualTo(80);
        assertThat(options.getUsername()).isEqualTo("a@b");
        assertThat(options.getPassword()).isEqualTo("p:ss+w");
    }

    @Test
    void aStarExceptsEverythingAndWithoutAProxyThereIsNone() {
        Endpoint target = Endpoint.of(URI.create("https://receiver.example"));
        InetAddress address = InetAddress.ofLiteral("198.35.26.96");
        assertThat(TargetProxy.of(Optional.of("http://proxy.internal"), List.of("*"))
                        .toward(target, address))
                .isEmpty();
        assertThat(TargetProxy.of(Optional.empty(), List.of()).toward(target, address))
                .isEmpty();
    }

    @Test
    void aRangeThatIsNoneIsRefusedAtOnce() {
        assertThatThrownBy(() -> TargetProxy.of(Optional.empty(), List.of("10.0.0.1/8")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10.0.0.0/8");
    }
}
