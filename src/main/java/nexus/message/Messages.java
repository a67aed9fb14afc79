package nexus.message;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.message.Message.Fact;
import nexus.value.JsonValues;
import nexus.value.Value;
import nexus.value.ValueWriter;

/** Writes the message of an event. */
public final class Messages {
    private static final List<String> EVENT = List.of("id", "type", "createdAt", "payload");
    private static final int MAX_TITLE = 250;
    private static final int MAX_NAME = 80;
    private static final int MAX_VALUE = 300;
    private static final int MAX_FACTS = 40;
    private static final int MAX_PART = 100;

    private Messages() {}

    /**
     * Reads what is sent of an event.
     *
     * @param content in UTF-8
     * @return empty when it is not JSON
     */
    public static Optional<Value> read(byte[] content) {
        try {
            return Optional.of(JsonValues.read(content));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether this is an event in the default format, not what a subscription's template made of one. */
    public static boolean isEvent(Value content, String eventId) {
        return content instanceof Value.Fields fields
                && List.copyOf(fields.names()).equals(EVENT)
                && fields.get("id").equals(new Value.Text(eventId))
                && fields.get("payload") instanceof Value.Fields;
    }

    /** The message of an event in the default format, which may lack any part. */
    public static Message of(Value.Fields event) {
        String type = text(event.get("type")).orElse("event");
        Value.Fields payload = fields(event.get("payload"));
        Value.Fields data = fields(payload.get("data"));
        Value.Fields metadata = fields(payload.get("metadata"));
        String createdAt = text(event.get("createdAt")).orElse("");
        if (type.startsWith("pg.") && text(data.get("table")).isPresent()) {
            return rowChange(data, metadata, type, createdAt);
        }
        List<Fact> facts = new ArrayList<>();
        addAll(facts, "", data);
        if (type.startsWith("nexus.")) {
            return message(alert(type, data), facts, type, createdAt);
        }
        addAll(facts, "metadata.", metadata);
        return message(type, facts, type, createdAt);
    }

    private static Message message(String title, List<Fact> facts, String type, String createdAt) {
        int shown = Math.min(facts.size(), MAX_FACTS);
        return new Message(
                PlainText.line(title, MAX_TITLE),
                facts.subList(0, shown),
                facts.size() - shown,
                PlainText.line(createdAt.isEmpty() ? type : type + " at " + createdAt, MAX_TITLE));
    }

    private static Message rowChange(Value.Fields data, Value.Fields metadata, String type, String createdAt) {
        Value.Fields now = fields(data.get("record"));
        Value.Fields old = fields(data.get("old_record"));
        String table = part(data.get("schema")) + '.' + part(data.get("table"));
        String row = key(now.names().isEmpty() ? old : now);
        List<Fact> facts = new ArrayList<>();
        String title =
                switch (text(data.get("type")).orElse("")) {
                    case "INSERT" -> {
                        addAll(facts, "", now);
                        yield "New row in " + table + row;
                    }
                    case "DELETE" -> {
                        addAll(facts, "", old);
                        yield "Row deleted from " + table + row;
                    }
                    case "TRUNCATE" -> "All rows deleted from " + table;
                    case "UPDATE" -> {
                        addChanged(facts, data.get("changed"), now, old);
                        yield "Row changed in " + table + row;
                    }
                    default -> {
                        addAll(facts, "", now);
                        yield "Row of " + table + row;
                    }
                };
        String where = text(metadata.get("database")).map(name -> " in " + name).orElse("");
        return message(title, facts, type + where, createdAt);
    }

    /** The columns that changed; all of them when that is not known, with the old values that are there. */
    private static void addChanged(List<Fact> facts, Value changed, Value.Fields now, Value.Fields old) {
        Set<String> names = new LinkedHashSet<>();
        if (changed instanceof Value.Items items) {
            items.values().forEach(name -> text(name).ifPresent(names::add));
        } else {
            names.addAll(now.names());
        }
        for (String name : names) {
            Value before = old.get(name);
            boolean isKnown = !(before instanceof Value.Missing || before instanceof Value.Unknown);
            facts.add(new Fact(
                    PlainText.line(name, MAX_NAME),
                    isKnown && !before.equals(now.get(name)) ? Optional.of(shown(before)) : Optional.empty(),
                    shown(now.get(name))));
        }
    }

    private static void addAll(List<Fact> facts, String prefix, Value.Fields values) {
        for (String name : values.names()) {
            facts.add(new Fact(PlainText.line(prefix + name, MAX_NAME), Optional.empty(), shown(values.get(name))));
        }
    }

    /** The usual name of a primary key. */
    private static String key(Value.Fields row) {
        return switch (row.get("id")) {
            case Value.Num id -> " (id " + PlainText.line(id.text(), MAX_PART) + ")";
            case Value.Text id -> " (id " + PlainText.line(id.value(), MAX_PART) + ")";
            default -> "";
        };
    }

    /** In words for Nexus's own events; others are named by their type. */
    private static String alert(String type, Value.Fields data) {
        String subscription = "Subscription " + (data.get("name") instanceof Value.Text ? part(data.get("name")) : "");
        String since = text(data.get("since")).map(time -> " since " + time).orElse("");
        String reason = text(data.get("reason")).map(text -> ": " + text).orElse("");
        return switch (type) {
            case "nexus.subscription.failing" -> subscription + " is failing" + since;
            case "nexus.subscription.recovered" -> subscription + " has recovered";
            case "nexus.subscription.disabled" -> subscription + " was disabled" + reason;
            case "nexus.delivery.dead" ->
                (data.get("count") instanceof Value.Num count ? count.text() + " deliveries" : "A delivery") + " of "
                        + subscription + (data.get("count") instanceof Value.Num ? " were" : " was") + " given up"
                        + reason;
            case "nexus.source.lag" ->
                "The source keeps WAL for Nexus"
                        + text(data.get("level")).map(level -> ": " + level).orElse("");
            case "nexus.source.gap" -> "Row changes may have been missed";
            case "nexus.source.coverage" -> "What is captured of the source's tables has changed";
            case "nexus.test" -> "This is a test of Nexus";
            default -> type;
        };
    }

    private static String shown(Value value) {
        return switch (value) {
            case Value.Missing missing -> "(not in the event)";
            case Value.Unknown unknown -> "(not in the event)";
            case Value.Text text -> text.value().isEmpty() ? "(empty)" : PlainText.line(text.value(), MAX_VALUE);
            case Value.Num number -> PlainText.line(number.text(), MAX_VALUE);
            case Value.Null none -> "null";
            case Value.Bool bool -> Boolean.toString(bool.value());
            case Value.Items items -> PlainText.line(ValueWriter.text(items), MAX_VALUE);
            case Value.Fields fields -> PlainText.line(ValueWriter.text(fields), MAX_VALUE);
        };
    }

    private static String part(Value value) {
        return PlainText.line(text(value).orElse("?"), MAX_PART);
    }

    private static Optional<String> text(Value value) {
        return value instanceof Value.Text text ? Optional.of(text.value()) : Optional.empty();
    }

    private static Value.Fields fields(Value value) {
        return value instanceof Value.Fields fields ? fields : Value.Fields.of(Map.of());
    }
}
