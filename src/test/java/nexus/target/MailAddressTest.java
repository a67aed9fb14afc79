package nexus.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailAddressTest {
    @Test
    void anAddressMayHaveAName() {
        assertThat(MailAddress.parse(" ann+x@example.com ")).isEqualTo(new MailAddress("", "ann+x@example.com"));
        assertThat(MailAddress.parse("Ann B <ann@example.com>")).isEqualTo(new MailAddress("Ann B", "ann@example.com"));
        assertThat(MailAddress.parse("\"Ann \\\"B\\\", Ltd. <x>\" <ann@example.com>"))
                .isEqualTo(new MailAddress("Ann \"B\", Ltd. <x>", "ann@example.com"));
        assertThat(MailAddress.parse("\"a b\\\"@c\"@example.com").address()).isEqualTo("\"a b\\\"@c\"@example.com");
        assertThat(MailAddress.parse("ops@[127.0.0.1]").domain()).isEqualTo("[127.0.0.1]");
    }

    @Test
    void aDomainIsConvertedToAscii() {
        assertThat(MailAddress.parse("ann@müller.example").address()).isEqualTo("ann@xn--mller-kva.example");
    }

    @Test
    void itsTextIsReadAsTheSameAddress() {
        for (String text : new String[] {"a@b.c", "A \"q\" \\ <x> <a@b.c>", "Zoë, B <a@b.c>"}) {
            MailAddress address = MailAddress.parse(text);
            assertThat(MailAddress.parse(address.text())).isEqualTo(address);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ann",
                "@b.c",
                "a@",
                "a@b..c",
                "a@-b.c",
                "a b@c.d",
                "a@b c",
                "a,b@c.d",
                "<a@b.c",
                "a@b.c>",
                "a@b.c\r\nBcc: x@y",
                "Ann\n <a@b.c>",
                "\"a\" b@c.d",
                "a@b.c, d@e.f",
                "a@b@c.d",
                "zoë@b.c",
                "a@[1.2.3]",
                "a@faß.example",
                "x <a@b.c> y",
                "a.@b.c",
                "a..b@c.d",
                "\"unclosed@b.c",
                "a\u2028@b.c",
                "a@b.c>SIZE=1",
            })
    void whatWouldNeedQuotingOrInjectsIsRefused(String text) {
        assertThatThrownBy(() -> MailAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
