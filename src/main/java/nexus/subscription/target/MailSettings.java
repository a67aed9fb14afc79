package nexus.subscription.target;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nexus.refusal.Refusal;
import nexus.target.MailAddress;
import nexus.target.MailTarget;
import nexus.target.TargetType;

/**
 * Mailboxes.
 *
 * @param subject of every mail; empty: the content's own
 */
public record MailSettings(List<MailAddress> to, Optional<String> subject) implements TargetSettings {
    public MailSettings {
        to = List.copyOf(to);
    }

    @Override
    public TargetType type() {
        return TargetType.EMAIL;
    }

    @Override
    public String place() {
        return to.stream()
                .map(mailbox -> mailbox.address().toLowerCase(Locale.ROOT))
                .sorted()
                .collect(Collectors.joining(",", "mailto:", ""));
    }

    @Override
    public String defaultName() {
        return to.getFirst().address();
    }

    /** The server is not theirs. */
    @Override
    public List<URI> reaches() {
        return List.of();
    }

    @Override
    public MailTarget at(Instant now) {
        return new MailTarget(to, subject);
    }

    @Override
    public MailTarget withoutCredentialsAt(Instant now) {
        return at(now);
    }

    /** Addresses are personal data. */
    @Override
    public String toString() {
        return "MailSettings[redacted]";
    }

    /** Its written form. */
    static final class Form extends ObjectForm<MailSettings> {
        private static final int MAX_RECIPIENTS = 50;
        private static final int MAX_SUBJECT = 500;

        Form() {
            super(
                    TargetType.EMAIL,
                    "Mailboxes that get a mail through the server of SMTP_URL.",
                    new TargetFields(
                            TargetField.required(
                                    "to",
                                    new TargetField.Texts(
                                            MAX_RECIPIENTS,
                                            new TargetField.Text(
                                                    MailAddress.MAX_CHARACTERS, Optional.empty(), Form::address)),
                                    "The recipients: ann@example.com or Ann <ann@example.com>."),
                            TargetField.optional(
                                    "subject",
                                    new TargetField.Text(MAX_SUBJECT, Optional.empty(), Form::subject),
                                    "The subject of every mail. Default: what the content says.")));
        }

        private static String address(String text, String pointer) {
            try {
                return MailAddress.parse(text).text();
            } catch (IllegalArgumentException e) {
                throw new Refusal.Invalid(pointer, String.valueOf(e.getMessage()));
            }
        }

        private static String subject(String text, String pointer) {
            if (text.isBlank() || text.codePoints().anyMatch(Character::isISOControl)) {
                throw new Refusal.Invalid(pointer, "must be one line of text");
            }
            return text;
        }

        /** A mailbox that is there twice gets one mail. */
        @Override
        MailSettings of(JsonObject values) {
            Map<String, MailAddress> to = new TreeMap<>();
            List<MailAddress> all = values.getJsonArray("to").stream()
                    .map(text -> MailAddress.parse(text.toString()))
                    .filter(one -> to.putIfAbsent(one.address().toLowerCase(Locale.ROOT), one) == null)
                    .toList();
            return new MailSettings(all, Optional.ofNullable(values.getString("subject")));
        }

        @Override
        JsonObject values(MailSettings settings) {
            JsonObject values = new JsonObject()
                    .put(
                            "to",
                            new JsonArray(settings.to().stream()
                                    .map(MailAddress::text)
                                    .toList()));
            settings.subject().ifPresent(subject -> values.put("subject", subject));
            return values;
        }

        /** There is no secret to protect. */
        @Override
        public Optional<String> moved(MailSettings before, MailSettings after) {
            return Optional.empty();
        }
    }
}
