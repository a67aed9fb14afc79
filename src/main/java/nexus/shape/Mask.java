package nexus.shape;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is sent in place of a column's value. A null stays null. */
public enum Mask {
    /** A keyed hash: equal for equal values, within one store. */
    HASH,
    /** Always the same text. */
    REDACT;

    /** The names of all, as the API has them. */
    public static final List<String> API_NAMES =
            Arrays.stream(values()).map(Mask::apiName).toList();

    /** Empty for any other text. */
    public static Optional<Mask> ofApiName(String name) {
        return Arrays.stream(values())
                .filter(mask -> mask.apiName().equals(name))
                .findFirst();
    }

    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
