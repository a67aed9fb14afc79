package nexus.notation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;

/** JSON from outside: no name twice in one object, and no deeper nesting than {@link #MAX_DEPTH}. */
public final class StrictJson {
    public static final int MAX_DEPTH = 100;

    private StrictJson() {}

    /**
     * @param maxDigits of a number
     * @param maxName characters of a name
     */
    public static JsonFactory factory(int maxDigits, int maxName) {
        return JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNumberLength(maxDigits)
                        .maxNameLength(maxName)
                        .build())
                .build();
    }
}
