package nexus.page.subscription;

/** The value of a browser's field for a time, which has no zone; the field is labelled as UTC. */
final class UtcTime {
    private UtcTime() {}

    /** ISO 8601; any other text stays, so that the API refuses it by name. */
    static String of(String text) {
        if (text.matches("[0-9-]{10}T[0-9]{2}:[0-9]{2}")) {
            return text + ":00Z";
        }
        return text.matches("[0-9-]{10}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?") ? text + "Z" : text;
    }
}
