package nexus.subscription.target;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import nexus.target.TargetType;

/** The forms of all types of targets. What a type needs is declared once, in its form. */
public final class TargetCatalog {
    private static final List<TargetForm<?>> FORMS = List.of(
            new WebhookForm(),
            new ChatForm(TargetType.SLACK, "A Slack channel, through an incoming webhook."),
            new ChatForm(TargetType.DISCORD, "A Discord channel, through a webhook."),
            new ChatForm(TargetType.TEAMS, "A channel or chat of Microsoft Teams, through a webhook of its Workflows."),
            new MailSettings.Form(),
            new SmsForm(),
            new KafkaSettings.Form());

    private static final Map<TargetType, TargetForm<?>> BY_TYPE = byType();

    private TargetCatalog() {}

    /**
     * A type as the API describes it.
     *
     * @param schema JSON Schema of the fields that belong to the target
     * @param secrets pointers to the fields that are never shown again
     */
    public record Description(TargetType type, String description, Map<String, Object> schema, List<String> secrets) {}

    private static Map<TargetType, TargetForm<?>> byType() {
        Map<TargetType, TargetForm<?>> byType = new EnumMap<>(TargetType.class);
        FORMS.forEach(form -> byType.put(form.type(), form));
        return byType;
    }

    /** All types, in the order of {@link TargetType}. */
    public static List<Description> all() {
        return BY_TYPE.values().stream().map(TargetCatalog::description).toList();
    }

    private static Description description(TargetForm<?> form) {
        Map<String, Object> schema = new LinkedHashMap<>(form.fields().schema());
        schema.remove("additionalProperties"); // a subscription has more fields than its target
        return new Description(
                form.type(), form.description(), schema, form.fields().secrets(""));
    }

    /** The fields that belong to targets of other types alone. */
    static Set<String> foreignFields(TargetType type) {
        Set<String> names = new TreeSet<>();
        FORMS.forEach(form -> names.addAll(form.fields().names()));
        form(type).fields().names().forEach(names::remove);
        return names;
    }

    @SuppressWarnings("unchecked") // each form stands under the type of its own settings
    static TargetForm<TargetSettings> form(TargetType type) {
        TargetForm<?> form = BY_TYPE.get(type);
        if (form == null) {
            throw new IllegalStateException("no form for targets of the type " + type);
        }
        return (TargetForm<TargetSettings>) form;
    }

    static Optional<String> moved(TargetSettings before, TargetSettings after) {
        return before.type() == after.type() ? form(before.type()).moved(before, after) : Optional.empty();
    }
}
