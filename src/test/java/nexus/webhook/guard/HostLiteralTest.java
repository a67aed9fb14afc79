package nexus.webhook.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostLiteralTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.1.",
                "127.1",
                "127.0.1",
                "2130706433",
                "017700000001",
                "0x7f000001",
                "0X7F.1",
                "0177.0.0.1",
                "0x7f.0.0.0x1",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]"
            })
    void everyWayToWriteLoopbackIsLoopback(String host) throws UnknownHostException {
        assertThat(HostLiteral.parse(host)).contains(InetAddress.ofLiteral("127.0.0.1"));
    }

    @Test
    void anIpv6LiteralStandsInBrackets() throws UnknownHostException {
        assertThat(HostLiteral.parse("[::1]")).contains(InetAddress.ofLiteral("::1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "example.com", "1.example", "0x7f.example", "deadbeef", "a-1"})
    void aNameIsNoLiteral(String host) throws UnknownHostException {
        assertThat(HostLiteral.parse(host)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "256.0.0.1",
                "1.2.3.4.5",
                "4294967296",
                "127.0.0.0x100",
                "08.1",
                "example.1",
                "-1.5",
                "1..2",
                "0xffffffffffffffffff",
                "[127.0.0.1.1]",
                "[zz]"
            })
    void whatHasTheFormButNotTheValueOfAnAddressIsNeverLookedUp(String host) {
        assertThatThrownBy(() -> HostLiteral.parse(host)).isInstanceOf(UnknownHostException.class);
    }
}
