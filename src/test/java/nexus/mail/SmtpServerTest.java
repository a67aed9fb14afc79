package nexus.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nexus.mail.SmtpServer.Login;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpServerTest {
    @Test
    void aUrlNamesServerLoginAndSender() {
        SmtpServer server = SmtpServer.parse(
                "smtp://ann%40example.com:p%3A%2F%40+s@mail.example.com:2525?from=nexus%2Bx@example.com");
        assertThat(server.isImplicitTls()).isFalse();
        assertThat(server.host()).isEqualTo("mail.example.com");
        assertThat(server.port()).isEqualTo(2525);
        assertThat(server.login()).contains(new Login("ann@example.com", "p:/@+s"));
        assertThat(server.from().address()).isEqualTo("nexus+x@example.com");
    }

    @ParameterizedTest
    @CsvSource({
        "smtp://mail.example.com, 587, nexus@mail.example.com",
        "smtps://mail.example.com/, 465, nexus@mail.example.com",
        "SMTP://127.0.0.1:25, 25, nexus@[127.0.0.1]",
        "smtps://ann%40example.com:x@mail_1.internal, 465, ann@example.com",
    })
    void whatIsAbsentHasADefault(String url, int port, String from) {
        SmtpServer server = SmtpServer.parse(url);
        assertThat(server.port()).isEqualTo(port);
        assertThat(server.from().address()).isEqualTo(from);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://secret@mail",
                "mail.example.com",
                "smtp:secret",
                "smtp://ann:secret@/?from=a@b",
                "smtp://ann:secret@mail:99999",
                "smtp://ann:secret@mail:0",
                "smtp://secret@mail",
                "smtp://:secret@mail",
                "smtp://ann:@secret.mail",
                "smtp://ann:secret@mail/path",
                "smtp://ann:secret@mail#x",
                "smtp://ann:secret@mail?from=x",
                "smtp://ann:secret@mail?from=a@b&from=a@b",
                "smtp://ann:secret@mail?tls=no",
                "smtp://ann:secret@mail?from=a@b%0d%0aBcc:c@d",
                "smtp://ann:secret@mail?ca=/nonexistent/secret",
                "smtp://ann:se%00cret@mail",
                "smtp://ann:secret|@mail",
                "smtp://ann:sec@ret@mail",
            })
    void anythingElseIsRefusedWithoutRepeatingIt(String url) {
        assertThatThrownBy(() -> SmtpServer.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("must ")
                .doesNotContain("secret", "sec@ret", "cret");
    }

    @Test
    void nothingOfALoginIsPrinted() {
        assertThat(SmtpServer.parse("smtp://ann:secret@mail.example.com").toString())
                .doesNotContain("ann", "secret");
    }
}
