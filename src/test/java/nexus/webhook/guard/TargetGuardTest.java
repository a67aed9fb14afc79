package nexus.webhook.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetGuardTest {
    private static final TargetGuard STRICT = TargetGuard.allowing(List.of());

    @ParameterizedTest
    @CsvSource(textBlock = """
        0.0.0.0, 0.255.255.255
        10.0.0.0, 10.255.255.255
        100.64.0.0, 100.127.255.255
        127.0.0.0, 127.255.255.255
        169.254.0.0, 169.254.255.255
        172.16.0.0, 172.31.255.255
        192.0.0.0, 192.0.0.255
        192.0.2.0, 192.0.2.255
        192.88.99.0, 192.88.99.255
        192.168.0.0, 192.168.255.255
        198.18.0.0, 198.19.255.255
        198.51.100.0, 198.51.100.255
        203.0.113.0, 203.0.113.255
        224.0.0.0, 239.255.255.255
        240.0.0.0, 255.255.255.255
        ::, ::
        ::1, ::1
        ::2, ::ffff:ffff
        168.63.129.16, 168.63.129.16
        ::1:0:0, 1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
        2001::, 2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff
        4000::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe
        fec0::, feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
        64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff, 64:ff9b::ffff:ffff
        64:ff9b::1:0:0, 64:ff9b:2::
        100::, 100:0:0:1::
        2001:db8::, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff
        2002::, 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff
        3fff::, 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff
        5f00::, 5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff
        fc00::, fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
        fe80::, febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff
        ff00::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
        """)
    void theFirstAndTheLastAddressOfEachSpecialRangeAreForbidden(String first, String last) {
        assertThat(isForbidden(STRICT, first)).isTrue();
        assertThat(isForbidden(STRICT, last)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.0",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "191.255.255.255",
                "192.0.1.0",
                "192.0.3.0",
                "192.88.98.255",
                "192.88.100.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "198.51.99.255",
                "198.51.101.0",
                "203.0.112.255",
                "203.0.114.0",
                "223.255.255.255",
                "168.63.129.15",
                "168.63.129.17",
                "2000::",
                "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                "2001:200::",
                "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
                "2001:db9::",
                "2003::",
                "3fff:1000::",
                "2a00:1450:4001:80b::200e",
                "2606:4700::1111",
                "3ffe::",
                "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
            })
    void theNeighboursOfTheSpecialRangesArePublic(String address) {
        assertThat(isForbidden(STRICT, address)).isFalse();
    }

    /** Public or not, in form: what a cloud tells its own machines through them is a secret. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "169.254.170.2",
                "169.254.0.23",
                "168.63.129.16",
                "100.100.100.200",
                "192.0.0.192",
                "fd00:ec2::254",
                "fd00:ec2::23",
                "fd20:ce::254",
                "fe80::a9fe:a9fe",
                "64:ff9b::a9fe:a9fe",
                "2002:a9fe:a9fe::1",
                "::ffff:168.63.129.16"
            })
    void theServicesOfCloudsForTheirMachinesAreForbidden(String address) {
        assertThat(isForbidden(STRICT, address)).isTrue();
    }

    /** By the registries of IANA, and by nothing else. */
    @Test
    void ofIpv6OnlyTheGlobalPartIsPublic() {
        SplittableRandom random = new SplittableRandom(16);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            if (i % 2 == 0) {
                bytes[0] = 0x20;
                bytes[1] = (byte) (i % 4);
                bytes[2] &= 0x0f;
            }
            InetAddress address = ofBytes(bytes);
            assertThat(STRICT.forbidden("a.example", List.of(address)).isEmpty())
                    .as(address.getHostAddress())
                    .isEqualTo((bytes[0] & 0xe0) == 0x20 && !isSpecial(bytes));
        }
    }

    private static boolean isSpecial(byte[] bytes) {
        int first = (bytes[0] & 0xff) << 8 | (bytes[1] & 0xff);
        int second = (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
        return first == 0x2002
                || (first == 0x2001 && (second < 0x200 || second == 0xdb8))
                || (first == 0x3fff && second < 0x1000);
    }

    private static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** {@code localhost} is the one on some machines, the other on some, both on most. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.0/8", "127.0.0.1", "::1", "::1/128", "localhost"})
    void whoeverAllowsLoopbackInOneFamilyAllowsItInBoth(String entry) {
        TargetGuard guard = TargetGuard.allowing(List.of(entry));

        for (List<InetAddress> localhost : List.of(
                List.of(address("127.0.0.1")),
                List.of(address("::1")),
                List.of(address("127.0.0.1"), address("::1")),
                List.of(address("::1"), address("127.0.0.1")))) {
            assertThat(guard.forbidden("localhost", localhost)).isEmpty();
        }
        assertThat(isForbidden(guard, "::2")).isTrue();
        assertThat(isForbidden(guard, "10.0.0.1")).isTrue();
        assertThat(isForbidden(TargetGuard.allowing(List.of("10.0.0.0/8", "fd00::/8")), "::1"))
                .isTrue();
    }

    @Test
    void aMappedAddressIsJudgedAsTheIpv4AddressItIs() {
        assertThat(isForbidden(STRICT, "::ffff:127.0.0.1")).isTrue();
        assertThat(isForbidden(STRICT, "::ffff:a00:1")).isTrue();
        assertThat(isForbidden(STRICT, "::ffff:8.8.8.8")).isFalse();
        assertThat(isForbidden(TargetGuard.allowing(List.of("127.0.0.0/8")), "::ffff:127.0.0.1"))
                .isFalse();
    }

    @Test
    void oneForbiddenAddressAmongPublicOnesForbidsTheName() {
        assertThat(STRICT.forbidden("example.com", List.of(address("8.8.8.8"), address("10.0.0.1"))))
                .contains(address("10.0.0.1"));
    }

    @Test
    void anAllowedRangeOpensItsAddressesAndNoOthers() {
        TargetGuard guard = TargetGuard.allowing(List.of("10.1.0.0/16", "fd00::/8", "192.168.7.7"));

        assertThat(isForbidden(guard, "10.1.255.255")).isFalse();
        assertThat(isForbidden(guard, "10.2.0.0")).isTrue();
        assertThat(isForbidden(guard, "fd12::1")).isFalse();
        assertThat(isForbidden(guard, "fc12::1")).isTrue();
        assertThat(isForbidden(guard, "192.168.7.7")).isFalse();
        assertThat(isForbidden(guard, "192.168.7.8")).isTrue();
    }

    @Test
    void anAllowedNameOpensWhateverItResolvesToAndNoOtherName() {
        TargetGuard guard = TargetGuard.allowing(List.of("Receiver.Internal", "localhost", "my_service"));

        assertThat(guard.forbidden("receiver.internal", List.of(address("10.0.0.1"))))
                .isEmpty();
        assertThat(guard.forbidden("RECEIVER.internal", List.of(address("10.0.0.1"))))
                .isEmpty();
        assertThat(guard.forbidden("my_service", List.of(address("172.18.0.2"))))
                .isEmpty();
        assertThat(guard.forbidden("a.receiver.internal", List.of(address("10.0.0.1"))))
                .isPresent();
    }

    @Test
    void everythingCanBeAllowed() {
        TargetGuard guard = TargetGuard.allowing(List.of("0.0.0.0/0", "::/0"));

        assertThat(isForbidden(guard, "169.254.169.254")).isFalse();
        assertThat(isForbidden(guard, "ff02::1")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        10.0.0.0/33   | 0 to 32 bits
        ::/129        | 0 to 128 bits
        10.0.0.0/     | no number of bits
        10.0.0.0/x    | no number of bits
        10.1.2.3/8    | did you mean 10.0.0.0/8?
        10/8          | four numbers
        127.1         | four numbers
        300.0.0.1/8   | not a CIDR
        1.2.3.4.5     | four numbers
        fe80::zz      | not a CIDR
        *.internal    | neither a CIDR
        http://a.b    | not a CIDR
        a b           | neither a CIDR
        ''            | neither a CIDR
        """)
    void anEntryThatDoesNotParseIsNamedWithWhatIsWrong(String entry, String words) {
        assertThatThrownBy(() -> TargetGuard.allowing(List.of("8.8.8.8", entry)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + entry + "\"")
                .hasMessageContaining(words);
    }

    private static boolean isForbidden(TargetGuard guard, String address) {
        return guard.forbidden("example.com", List.of(address(address))).isPresent();
    }

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }
}
