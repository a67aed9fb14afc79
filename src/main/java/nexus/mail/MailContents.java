package nexus.mail;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nexus.message.Message;
import nexus.message.Messages;
import nexus.shape.Parcel;
import nexus.value.JsonValues;
import nexus.value.Value;

/**
 * What a mail says of an event: the message that people get. Of content that a template made, a text is the mail's text, an
 * object with nothing but {@code subject}, {@code text} and {@code html} has them, and anything else is shown as a list of
 * its values.
 */
final class MailContents {
    private static final Set<String> PARTS = Set.of("subject", "text", "html");
    private static final int MAX_SUBJECT = 200;
    /** A longer value is cut in the list. */
    private static final int MAX_VALUE = 2_000;

    private static final int MAX_LINES = 500;
    private static final int MAX_DEPTH = 8;

    private MailContents() {}

    static MailContent of(Parcel parcel) {
        String body = parcel.body().toString(StandardCharsets.UTF_8);
        Optional<Value> value = read(body);
        if (value.isPresent() && value.get() instanceof Value.Text text) {
            return new MailContent(subject(parcel), text.value(), Optional.empty());
        } else if (value.isPresent() && value.get() instanceof Value.Fields fields) {
            if (Messages.isEvent(fields, parcel.idText())) {
                return message(Messages.of(fields));
            }
            return isParts(fields) ? parts(fields, parcel) : Listing.of(fields, parcel);
        }
        return new MailContent(subject(parcel), body, Optional.empty());
    }

    private static MailContent message(Message message) {
        StringBuilder html = new StringBuilder();
        html.append("<p><b>").append(escaped(message.title())).append("</b></p>\n<table>\n");
        message.facts().forEach(fact -> html.append("<tr><td>")
                .append(escaped(fact.name()))
                .append("</td><td>")
                .append(escaped(fact.change()))
                .append("</td></tr>\n"));
        html.append("</table>\n");
        message.remainder()
                .ifPresent(rest -> html.append("<p>").append(escaped(rest)).append("</p>\n"));
        html.append("<p><small>").append(escaped(message.footer())).append("</small></p>\n");
        return new MailContent(shortened(message.title(), MAX_SUBJECT), message.text(), Optional.of(html.toString()));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static Optional<Value> read(String json) {
        try {
            return Optional.of(JsonValues.read(json));
        } catch (IllegalArgumentException e) { // the content is not JSON
            return Optional.empty();
        }
    }

    private static boolean isParts(Value.Fields fields) {
        return !fields.names().isEmpty()
                && PARTS.containsAll(fields.names())
                && (fields.get("text") instanceof Value.Text || fields.get("html") instanceof Value.Text);
    }

    private static MailContent parts(Value.Fields fields, Parcel parcel) {
        Optional<String> html = text(fields.get("html"));
        return new MailContent(
                text(fields.get("subject")).orElse(subject(parcel)),
                text(fields.get("text")).orElse("This mail is written in HTML."),
                html);
    }

    private static Optional<String> text(Value value) {
        return value instanceof Value.Text text ? Optional.of(text.value()) : Optional.empty();
    }

    private static String subject(Parcel parcel) {
        return shortened(parcel.eventType().value(), MAX_SUBJECT);
    }

    private static String shortened(String text, int max) {
        return text.codePointCount(0, text.length()) <= max
                ? text
                : text.substring(0, text.offsetByCodePoints(0, max)) + '…';
    }

    /** The values of an object, one in each line. */
    private static final class Listing {
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder html = new StringBuilder();
        private int lines;

        static MailContent of(Value.Fields fields, Parcel parcel) {
            Listing listing = new Listing();
            String title = parcel.eventType().value();
            listing.text.append(title).append("\n\n");
            listing.html.append("<p><b>").append(escaped(title)).append("</b></p>\n<table>\n");
            listing.add("", fields, 0);
            listing.html.append("</table>\n");
            return new MailContent(
                    shortened(title, MAX_SUBJECT), listing.text.toString(), Optional.of(listing.html.toString()));
        }

        private void add(String path, Value value, int depth) {
            if (lines >= MAX_LINES) {
                return;
            }
            switch (value) {
                case Value.Fields fields
                when depth < MAX_DEPTH && !fields.names().isEmpty() ->
                    fields.names()
                            .forEach(name ->
                                    add(path.isEmpty() ? name : path + '.' + name, fields.get(name), depth + 1));
                case Value.Items items
                when depth < MAX_DEPTH && !items.values().isEmpty() -> {
                    List<Value> values = items.values();
                    for (int i = 0; i < values.size() && lines < MAX_LINES; i++) {
                        add(path + '[' + i + ']', values.get(i), depth + 1);
                    }
                }
                case Value.Fields fields -> line(path, fields.names().isEmpty() ? "{}" : "{…}");
                case Value.Items items -> line(path, items.values().isEmpty() ? "[]" : "[…]");
                case Value.Text text -> line(path, shortened(text.value(), MAX_VALUE));
                case Value.Num number -> line(path, shortened(number.text(), MAX_VALUE));
                case Value.Bool bool -> line(path, Boolean.toString(bool.value()));
                case Value.Null none -> line(path, "null");
                case Value.Missing missing -> {}
                case Value.Unknown unknown -> {}
            }
        }

        private void line(String path, String value) {
            if (++lines == MAX_LINES) {
                text.append("…\n");
                html.append("<tr><td>…</td></tr>\n");
                return;
            }
            text.append(path).append(": ").append(value).append('\n');
            html.append("<tr><td>")
                    .append(escaped(path))
                    .append("</td><td>")
                    .append(escaped(value))
                    .append("</td></tr>\n");
        }
    }
}
