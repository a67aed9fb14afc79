package nexus.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import jakarta.mail.BodyPart;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.UUID;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.shape.Parcel;
import nexus.shape.TestParcel;
import nexus.target.MailAddress;
import nexus.target.MailTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mails, read by another library. */
class MailTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43.400Z");
    private static final MailAddress FROM = MailAddress.parse("Nexus, \"Ops\" <nexus@example.com>");
    private static final EventId ID = new EventId(new UUID(1, 2));

    @Test
    void aMailSaysWhereItIsFrom() throws Exception {
        MailTarget target = target("ann@example.com", "Zoë Ünal <zoe@example.com>", "\"a b\"@example.com");
        MimeMessage mail = read(mail(target, new MailContent("Order 7", "paid", Optional.of("<b>paid</b>")), 1));
        assertThat(((InternetAddress) mail.getFrom()[0]).getPersonal()).isEqualTo("Nexus, \"Ops\"");
        assertThat(mail.getRecipients(RecipientType.TO))
                .extracting(one -> ((InternetAddress) one).getAddress())
                .containsExactly("ann@example.com", "zoe@example.com", "\"a b\"@example.com");
        assertThat(((InternetAddress) mail.getRecipients(RecipientType.TO)[1]).getPersonal())
                .isEqualTo("Zoë Ünal");
        assertThat(mail.getSubject()).isEqualTo("Order 7");
        assertThat(mail.getSentDate().toInstant()).isEqualTo(Instant.parse("2026-01-31T18:20:43Z"));
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(mail.getHeader("X-Event-Id")).containsExactly(ID.toString());
        MimeMultipart parts = (MimeMultipart) mail.getContent();
        assertThat(parts.getContentType()).startsWith("multipart/alternative");
        assertThat(text(parts.getBodyPart(0))).isEqualTo("paid");
        assertThat(text(parts.getBodyPart(1))).isEqualTo("<b>paid</b>");
    }

    @Test
    void itsIdIsTheEventsOnEveryAttempt() throws Exception {
        MailContent content = new MailContent("s", "t", Optional.empty());
        String first = read(mail(target("a@b.c"), content, 1)).getMessageID();
        assertThat(first).startsWith("<" + ID).endsWith("@example.com>");
        assertThat(read(mail(target("a@b.c"), content, 7)).getMessageID()).isEqualTo(first);
        assertThat(read(mail(target("d@b.c"), content, 1)).getMessageID()).isNotEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\r\nBcc: eve@example.com",
                "a\nBcc: eve@example.com\n\nbody",
                "a\rBcc: eve@example.com",
                "\r\n\r\nbody",
                "a\0b",
                "a\u0085Bcc: eve@example.com",
                "a\u2028Bcc: eve@example.com",
                "=?UTF-8?Q?a=0d=0aBcc:_eve@example.com?=",
            })
    void noTextBeginsAnotherHeader(String text) throws Exception {
        MailTarget target = new MailTarget(List.of(new MailAddress(text, "a@b.c")), Optional.of(text));
        MimeMessage mail = read(mail(target, new MailContent("s", "t", Optional.empty()), 1));
        assertThat(mail.getHeader("Bcc")).isNull();
        assertThat(mail.getAllRecipients()).hasSize(1);
        assertThat(text(mail)).isEqualTo("t\r\n");
        assertThat(mail.getSubject()).doesNotContain("\r", "\n");
        assertThat(Collections.list(mail.getAllHeaders()))
                .extracting(header -> header.getName())
                .contains("Subject");
    }

    @Test
    void anyTextArrives() throws Exception {
        Random random = new Random(7);
        String[] pieces = {
            "a",
            " ",
            ".",
            "\n",
            "\r\n",
            "=",
            "é",
            "漢字",
            "😀",
            "\t",
            "From x",
            "--",
            "=_" + ID,
            "x".repeat(1100),
            "\n.\n",
            "\u0001"
        };
        for (int round = 0; round < 300; round++) {
            StringBuilder made = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                made.append(pieces[random.nextInt(pieces.length)]);
            }
            String text = made.toString();
            String subject = text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
            MailTarget target = new MailTarget(List.of(new MailAddress("", "a@b.c")), Optional.of(text));
            byte[] bytes = mail(target, new MailContent("", text, Optional.of(text)), 1);
            assertThat(new String(bytes, StandardCharsets.US_ASCII).split("\r\n"))
                    .allSatisfy(line -> assertThat(line.length()).isLessThan(100));
            MimeMessage mail = read(bytes);
            assertThat(mail.getSubject()).as("round %d", round).isEqualTo(subject);
            MimeMultipart parts = (MimeMultipart) mail.getContent();
            assertThat(parts.getCount()).isEqualTo(2);
            assertThat(text(parts.getBodyPart(0)))
                    .as("round %d", round)
                    .isEqualTo(text.replaceAll("\r\n|\r|\n", "\r\n"));
        }
    }

    @Test
    void theContentDecidesWhatAMailSays() {
        assertThat(content("\"hello\\n<b>\""))
                .isEqualTo(new MailContent("user.created", "hello\n<b>", Optional.empty()));
        assertThat(content("{\"subject\":\"s\",\"text\":\"t\",\"html\":\"<i>t</i>\"}"))
                .isEqualTo(new MailContent("s", "t", Optional.of("<i>t</i>")));
        MailContent row = content("""
                {"id":"%s","type":"pg.public.orders.update","createdAt":"2026-01-31T18:20:43.400Z","payload":{"data":\
                {"type":"UPDATE","schema":"public","table":"orders","record":{"id":7,"note":"<script>","total":1.10},\
                "old_record":null,"changed":null,"unavailable":[]},"metadata":{}}}""".formatted(ID));
        assertThat(row.subject()).contains("orders");
        assertThat(row.text()).contains("total: 1.10", "note: <script>");
        assertThat(row.html()).get().asString().contains("&lt;script&gt;").doesNotContain("<script>");
        assertThat(content("{\"a\":{\"b\":[1.10]}}").text()).contains("a.b[0]: 1.10");
        assertThat(content("not JSON").text()).isEqualTo("not JSON");
    }

    private static MailContent content(String body) {
        return MailContents.of(parcel(body));
    }

    private static Parcel parcel(String body) {
        return TestParcel.of(ID, new EventType("user.created"), Buffer.buffer(body));
    }

    private static MailTarget target(String... to) {
        return new MailTarget(Arrays.stream(to).map(MailAddress::parse).toList(), Optional.empty());
    }

    /** As a server stores it. */
    private static byte[] mail(MailTarget target, MailContent content, int attempt) {
        String sent = Mail.of(FROM, target, content, parcel("{}"), attempt, NOW)
                .bytes()
                .toString();
        assertThat(sent).endsWith("\r\n.\r\n");
        return sent.substring(0, sent.length() - 3).replace("\r\n..", "\r\n.").getBytes(StandardCharsets.US_ASCII);
    }

    private static MimeMessage read(byte[] mail) throws Exception {
        return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(mail));
    }

    private static String text(BodyPart part) throws Exception {
        return new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String text(MimeMessage mail) throws Exception {
        return new String(mail.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
