package nexus.mail;

import static nexus.testkit.ScriptedSmtp.SILENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.impl.VertxInternal;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.shape.TestParcel;
import nexus.target.MailAddress;
import nexus.target.MailTarget;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.SendResult.Delivered;
import nexus.target.SendResult.Extent;
import nexus.target.SendResult.OutOfService;
import nexus.target.SendResult.Refused;
import nexus.target.SendingLoop;
import nexus.testkit.FreePort;
import nexus.testkit.ScriptedSmtp;
import nexus.testkit.TestCertificate;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.TestWebhookConfig;
import nexus.webhook.guard.WebhookConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MailSenderTest {
    private static final String LOGIN = "ann:se%20cret@";

    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        vertx.close();
    }

    @Test
    void aRealServerTakesAMailWithLogin() throws Exception {
        GreenMail server = new GreenMail(new ServerSetup(FreePort.next(), "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.setUser("ann", "se cret");
        server.start();
        try {
            String url = "smtp://" + LOGIN + "127.0.0.1:" + server.getSmtp().getPort() + "?from=nexus@example.com";
            MailTarget target = new MailTarget(
                    List.of(MailAddress.parse("Zoë <zoe@example.com>"), MailAddress.parse("bob@example.com")),
                    Optional.of("Größe geändert"));
            assertThat(send(url, target, "\"Grüße\\n.\\nEnde\"")).isInstanceOf(Delivered.class);
            MimeMessage[] mails = server.getReceivedMessages();
            assertThat(mails).hasSize(2);
            assertThat(mails[0].getSubject()).isEqualTo("Größe geändert");
            assertThat(mails[0].getContent().toString().strip()).isEqualTo("Grüße\r\n.\r\nEnde");
            assertThat(mails[0].getMessageID()).startsWith("<" + new UUID(1, 2));
            String wrong = url.replace("se%20cret", "other");
            assertThat(send(wrong, target, "\"x\""))
                    .isInstanceOfSatisfying(OutOfService.class, none -> assertThat(none.why())
                            .isEqualTo("the SMTP server refuses the login of SMTP_URL: 535"));
        } finally {
            server.stop();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "greeting | 554 no | OutOfService",
                "greeting | 421 too many | OutOfService",
                "greeting | hello | OutOfService",
                "greeting | 220-a\\n250 b | OutOfService",
                "greeting | | OutOfService",
                "EHLO | 421 later | OutOfService",
                "EHLO | 250 no login here | OutOfService",
                "AUTH | 535 5.7.8 se cret | OutOfService",
                "AUTH | 454 later | OutOfService",
                "MAIL | 530 login first | OutOfService",
                "MAIL | 550 not you | OutOfService",
                "MAIL | 451 later | ThisDelivery",
                "MAIL | 552 too big | ThisDeliveryForGood",
                "RCPT | 450 grey | ThisDelivery",
                "RCPT | 550 5.1.1 no such user | ThisDeliveryForGood",
                "RCPT | 421 closing | OutOfService",
                "DATA | 451 later | ThisDelivery",
                "DATA | 554 no | ThisDeliveryForGood",
                "content | 452 full | ThisDelivery",
                "content | 554 spam | ThisDeliveryForGood",
                "content | | TimedOut",
                "content | 250 ok | Delivered",
            })
    void eachReplyHasItsMeaning(String command, String reply, String meaning) throws Exception {
        String scripted = reply == null ? SILENCE : reply.replace("\\n", "\n");
        try (ScriptedSmtp server = ScriptedSmtp.answering(Map.of(command, scripted))) {
            SendResult result = send(url(server), to("ann@example.com"), "\"x\"");
            String seen = result instanceof Refused refused
                    ? refused.extent().getClass().getSimpleName()
                    : result.getClass().getSimpleName();
            assertThat(seen).as(result.toString()).isEqualTo(meaning);
            assertThat(result.toString()).doesNotContain("se cret");
            assertThat(server.mails()).hasSize(meaning.equals("Delivered") ? 1 : 0);
        }
    }

    @Test
    void aRecipientThatIsRefusedIsLeftOutAndTheOthersGetTheMailOnce() throws Exception {
        try (ScriptedSmtp server = ScriptedSmtp.answering(Map.of("RCPT TO:<bob", "550 5.1.1 no such user"))) {
            SendResult result = send(url(server), to("ann@example.com", "bob@example.com", "cy@example.com"), "\"x\"");
            assertThat(result).isInstanceOfSatisfying(Delivered.class, delivered -> assertThat(
                            delivered.answer().text())
                    .isEqualTo("250 2.0.0 queued as 7; not delivered to bob@example.com (550 5.1.1 no such user)"));
            assertThat(server.mails()).singleElement().satisfies(mail -> assertThat(mail.to())
                    .containsExactly("<ann@example.com>", "<cy@example.com>"));
        }
    }

    @Test
    void aRecipientThatIsTriedLaterKeepsTheMailFromEverybody() throws Exception {
        try (ScriptedSmtp server = ScriptedSmtp.answering(
                Map.of("RCPT TO:<bob", "550 no such user", "RCPT TO:<cy", "450 4.2.0 greylisted"))) {
            SendResult result = send(url(server), to("ann@example.com", "bob@example.com", "cy@example.com"), "\"x\"");
            assertThat(result.error())
                    .hasValueSatisfying(why -> assertThat(why).contains("cy@example.com", "450 4.2.0"));
            assertThat(server.mails()).isEmpty();
        }
    }

    @Test
    void aMailThatIsTooLargeIsNotSent() throws Exception {
        try (ScriptedSmtp server = ScriptedSmtp.answering(Map.of("EHLO", "250-x\n250-SIZE 500\n250 AUTH PLAIN"))) {
            assertThat(send(url(server), to("ann@example.com"), "\"" + "x".repeat(600) + "\""))
                    .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.extent())
                            .isEqualTo(new Extent.ThisDeliveryForGood()));
            assertThat(server.commands()).noneMatch(line -> line.startsWith("MAIL"));
        }
    }

    @Test
    void tlsIsStartedAndTheServersCertificateIsChecked(@TempDir Path folder) throws Exception {
        TestCertificate good = TestCertificate.make(folder, "localhost");
        TestCertificate other = TestCertificate.make(folder, "other.example");
        Path ca = Files.writeString(folder.resolve("ca.pem"), good.certificate() + other.certificate());
        try (ScriptedSmtp server = ScriptedSmtp.withTls(good.context(), Map.of());
                ScriptedSmtp wrong = ScriptedSmtp.withTls(other.context(), Map.of());
                ScriptedSmtp eager = ScriptedSmtp.withTls(good.context(), Map.of("STARTTLS", "220 go\n250 injected"));
                ScriptedSmtp without = ScriptedSmtp.answering(Map.of())) {
            assertThat(send(tlsUrl(server, ca), to("ann@example.com"), "\"x\"")).isInstanceOf(Delivered.class);
            assertThat(server.commands()).containsSubsequence("STARTTLS", "DATA");
            assertThat(send(tlsUrl(wrong, ca), to("ann@example.com"), "\"x\""))
                    .isInstanceOfSatisfying(OutOfService.class, none -> assertThat(none.why())
                            .startsWith("TLS: the receiver's certificate is for another name"));
            assertThat(send(tlsUrl(eager, ca), to("ann@example.com"), "\"x\"")).isInstanceOf(OutOfService.class);
            assertThat(send(tlsUrl(without, ca), to("ann@example.com"), "\"x\""))
                    .isInstanceOf(OutOfService.class);
            assertThat(without.commands()).noneMatch(line -> line.startsWith("AUTH"));
        }
    }

    @Test
    void aServerThatIsAwayOrForbiddenIsNoFaultOfTheDelivery() throws Exception {
        String away = "smtp://127.0.0.1:" + FreePort.next();
        assertThat(send(away, to("ann@example.com"), "\"x\""))
                .isInstanceOfSatisfying(OutOfService.class, none -> assertThat(none.why())
                        .isEqualTo("the SMTP server can't be reached: connection refused"));
        assertThat(sender(away, Duration.ofSeconds(2), "10.0.0.0/8")
                        .send(
                                to("ann@example.com"),
                                TestParcel.of(id(), type(), Buffer.buffer("{}")),
                                1,
                                Permission.ALWAYS)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS))
                .isInstanceOf(SendResult.Blocked.class);
    }

    @Test
    void aMailThatMayNotBeSentAnyMoreIsNotFinished() throws Exception {
        try (ScriptedSmtp server = ScriptedSmtp.answering(Map.of())) {
            SendResult result = sender(url(server), Duration.ofSeconds(5), "127.0.0.0/8")
                    .send(to("ann@example.com"), TestParcel.of(id(), type(), Buffer.buffer("{}")), 1, () -> false)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            assertThat(result).isInstanceOf(SendResult.Unreachable.class);
            assertThat(server.mails()).isEmpty();
        }
    }

    private static String url(ScriptedSmtp server) {
        return "smtp://" + LOGIN + "127.0.0.1:" + server.port() + "?from=nexus@example.com";
    }

    private static String tlsUrl(ScriptedSmtp server, Path ca) {
        return "smtp://" + LOGIN + "localhost:" + server.port() + "?from=nexus@example.com&ca=" + ca;
    }

    private static MailTarget to(String... addresses) {
        return new MailTarget(Arrays.stream(addresses).map(MailAddress::parse).toList(), Optional.empty());
    }

    private static EventId id() {
        return new EventId(new UUID(1, 2));
    }

    private static EventType type() {
        return new EventType("user.created");
    }

    private static SendResult send(String url, MailTarget target, String body) throws Exception {
        return sender(url, Duration.ofMillis(1500), "127.0.0.0/8", "::1")
                .send(target, TestParcel.of(id(), type(), Buffer.buffer(body)), 1, Permission.ALWAYS)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private static MailSender sender(String url, Duration timeout, String... allow) {
        Context context = ((VertxInternal) vertx).createEventLoopContext();
        SendingLoop loop = () -> context;
        WebhookConfig config = TestWebhookConfig.of(timeout, 10, allow);
        return new MailSender(
                vertx, loop, new TargetResolver(vertx, config), config, () -> Optional.of(url), Clock.systemUTC());
    }
}
