package nexus.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/** Length, pattern and format of a text, as JSON Schema judges them. */
final class TextForm {
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private TextForm() {}

    static boolean fits(JsonNode schema, String text) {
        int length = text.codePointCount(0, text.length());
        if (length < schema.path("minLength").asInt(0)
                || length > schema.path("maxLength").asInt(Integer.MAX_VALUE)) {
            return false;
        }
        JsonNode pattern = schema.has("pattern") ? schema.path("pattern") : schema.path("x-pattern");
        if (!pattern.isMissingNode()
                && !Pattern.compile(pattern.asText()).matcher(text).find()) {
            return false;
        }
        return switch (schema.path("format").asText()) {
            case "uuid" -> UUID_FORM.matcher(text).matches();
            case "date-time" -> isTime(text);
            case "uri" -> isUri(text);
            default -> true;
        };
    }

    private static boolean isTime(String text) {
        try {
            OffsetDateTime.parse(text.replaceFirst("([+-][0-9]{2})([0-9]{2})$", "$1:$2"));
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static boolean isUri(String text) {
        try {
            return URI.create(text).isAbsolute();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
