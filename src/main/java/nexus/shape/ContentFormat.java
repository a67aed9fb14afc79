package nexus.shape;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The form in which a subscription gets its events. */
public enum ContentFormat {
    /** The body is the event as Nexus stores it. */
    DEFAULT,
    /** Type, timestamp and data, as Standard Webhooks proposes. */
    STANDARD,
    /** CloudEvents 1.0 in structured mode. */
    CLOUDEVENTS,
    /** As the database webhooks of Supabase: the operation, the table and its rows. */
    SUPABASE;

    /** The names of all, as the API has them. */
    public static final List<String> API_NAMES =
            Arrays.stream(values()).map(ContentFormat::apiName).toList();

    /** Empty for any other text. */
    public static Optional<ContentFormat> ofApiName(String name) {
        return Arrays.stream(values())
                .filter(format -> format.apiName().equals(name))
                .findFirst();
    }

    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
