package nexus.mail;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import nexus.notation.Sha256;
import nexus.shape.Parcel;
import nexus.target.MailAddress;
import nexus.target.MailTarget;

/**
 * One mail in the form of RFC 5322. Its {@code Message-ID} is the same on every attempt, so that a mail that was accepted
 * unnoticed can be recognized when it comes again.
 *
 * @param headers encoded and folded, in their order
 * @param body ASCII in lines that end with CRLF
 */
record Mail(Map<String, String> headers, String body) {
    /** A header line has at most 998 characters, and an event's type cannot be folded. */
    private static final int MAX_UNFOLDED = 900;

    static Mail of(MailAddress from, MailTarget target, MailContent content, Parcel parcel, int attempt, Instant now) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("From", HeaderText.of(from));
        headers.put("To", target.to().stream().map(HeaderText::of).collect(Collectors.joining(",\r\n ")));
        headers.put("Subject", HeaderText.of(target.subject().orElse(content.subject()), "Subject: ".length()));
        headers.put("Date", date(now));
        headers.put("Message-ID", messageId(from, target, parcel));
        headers.put("Auto-Submitted", "auto-generated");
        parcel.forEachHeader((name, value) -> {
            if (value.length() <= MAX_UNFOLDED) {
                headers.put(name.toString(), value.toString());
            }
        });
        headers.put("X-Delivery-Attempt", Integer.toString(attempt));
        headers.put("MIME-Version", "1.0");
        return new Mail(headers, body(content, parcel.idText(), headers));
    }

    /** The type of the content goes to the headers. */
    private static String body(MailContent content, String id, Map<String, String> headers) {
        if (content.html().isEmpty()) {
            headers.put("Content-Type", "text/plain; charset=utf-8");
            headers.put("Content-Transfer-Encoding", "quoted-printable");
            return QuotedPrintable.of(content.text()).toString();
        }
        String boundary = "=_" + id; // in quoted-printable text, an equals sign is never followed by an underscore
        headers.put("Content-Type", "multipart/alternative;\r\n boundary=\"" + boundary + '"');
        StringBuilder body = new StringBuilder();
        part("text/plain", content.text(), boundary, body);
        part("text/html", content.html().get(), boundary, body);
        return body.append("--").append(boundary).append("--\r\n").toString();
    }

    private static void part(String type, String text, String boundary, StringBuilder body) {
        body.append("--").append(boundary);
        body.append("\r\nContent-Type: ").append(type).append("; charset=utf-8\r\n");
        body.append("Content-Transfer-Encoding: quoted-printable\r\n\r\n");
        body.append(QuotedPrintable.of(text));
    }

    private static String date(Instant now) {
        return DateTimeFormatter.RFC_1123_DATE_TIME
                .format(now.atOffset(ZoneOffset.UTC))
                .replace("GMT", "+0000");
    }

    /** Mailbox servers drop the second of two mails with one id, so two subscriptions to one event have two. */
    private static String messageId(MailAddress from, MailTarget target, Parcel parcel) {
        String place = target.subject().orElse("")
                + '\n'
                + target.to().stream().map(MailAddress::address).collect(Collectors.joining("\n"));
        return '<' + parcel.idText() + '.' + Sha256.hex(place).substring(0, 8) + '@' + from.domain() + '>';
    }

    /** As the command {@code DATA} takes it: with a dot before each dot that begins a line, and the line that ends it. */
    Buffer bytes() {
        StringBuilder mail = new StringBuilder(body.length() + 1024);
        headers.forEach(
                (name, value) -> mail.append(name).append(": ").append(value).append("\r\n"));
        mail.append("\r\n");
        mail.append(body.startsWith(".") ? "." : "").append(body.replace("\r\n.", "\r\n.."));
        mail.append(".\r\n");
        return Buffer.buffer(mail.toString());
    }

    /** The values as a reader of the mail gets them, before words are decoded. */
    Map<String, String> unfolded() {
        Map<String, String> values = new LinkedHashMap<>();
        headers.forEach((name, value) -> values.put(name, value.replace("\r\n", "")));
        return values;
    }

    /** Payloads stay out of logs. */
    @Override
    public String toString() {
        return "Mail[redacted]";
    }
}
