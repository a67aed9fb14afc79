package nexus.api.json;

import java.util.UUID;
import nexus.refusal.Refusal;

/** Parses ids in requests. */
public final class Ids {
    private static final String UUID_SHAPE =
            "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

    private Ids() {}

    /** Requires all 36 characters, because {@link UUID#fromString} also accepts shorter texts. */
    public static boolean isUuid(String text) {
        return text.matches(UUID_SHAPE);
    }

    /** @throws Refusal.Invalid for a field or query parameter that is not an id */
    public static UUID uuid(String text, String pointer) {
        if (!isUuid(text)) {
            throw new Refusal.Invalid(pointer, "must be a UUID");
        }
        return UUID.fromString(text);
    }

    /** @throws Refusal.NotFound for an id in the path that is malformed, because nothing can have it */
    public static UUID inPath(String text, String what) {
        if (!isUuid(text)) {
            throw new Refusal.NotFound("There is no " + what + " with this id.");
        }
        return UUID.fromString(text);
    }
}
