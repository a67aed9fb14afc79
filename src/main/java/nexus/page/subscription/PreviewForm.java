package nexus.page.subscription;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import nexus.value.JsonValues;
import nexus.value.ValueWriter;

/**
 * The subscription of a preview. A preview knows no stored secrets, so members that hold a hidden value are left out, and a
 * hidden URL is replaced by one that leads nowhere.
 */
final class PreviewForm {
    private static final String HIDDEN = "\"***\"";
    private static final String NOWHERE = "\"https://hidden.invalid/\"";
    private static final Set<String> LEFT_OUT = Set.of("headers", "auth", "tls", "secret");

    private PreviewForm() {}

    static String subscription(String targetType, Map<String, String> members) {
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("targetType", ValueWriter.quoted(targetType));
        members.forEach((name, json) -> {
            String plain = ValueWriter.text(JsonValues.read(json));
            if (!plain.contains(HIDDEN)) {
                shown.put(name, json);
            } else if (name.equals("endpointUrl")) {
                shown.put(name, NOWHERE);
            } else if (!LEFT_OUT.contains(name)) {
                shown.put(name, plain.replace(HIDDEN, "\"hidden-hidden-hidden\""));
            }
        });
        return Fields.object(shown);
    }
}
