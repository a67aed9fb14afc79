package nexus.api.json;

import java.util.UUID;
import nexus.refusal.Refusal;

/** Ids as callers write them. */
public final class Ids {
    private static final String UUID_SHAPE =
            "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

    private Ids() {}

    /** The 36 characters in full: {@link UUID#fromString} alone takes shorter ones. */
    public static boolean isUuid(String text) {
        return text.matches(UUID_SHAPE);
    }

    /** @throws Refusal.Invalid for a field or query parameter that is none */
    public static UUID uuid(String text, String pointer) {
        if (!isUuid(text)) {
            throw new Refusal.Invalid(pointer, "must be a UUID");
        }
        return UUID.fromString(text);
    }

    /** @throws Refusal.NotFound for an id in the path that is none: nothing can have it */
    public static UUID inPath(String text, String what) {
        if (!isUuid(text)) {
            throw new Refusal.NotFound("There is no " + what + " with this id.");
        }
        return UUID.fromString(text);
    }
}
