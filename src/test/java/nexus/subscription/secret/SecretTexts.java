package nexus.subscription.secret;

import java.util.Random;
import java.util.stream.Stream;

/** Texts that are long enough for a secret, with and without the standard prefix. */
public final class SecretTexts {
    private static final int COUNT = 2_000;

    private SecretTexts() {}

    /** The same texts in each run. */
    public static Stream<String> random() {
        Random random = new Random(7);
        return Stream.generate(() -> next(random)).limit(COUNT);
    }

    private static String next(Random random) {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "whsec_" : "");
        int length = 8 + random.nextInt(200);
        while (text.length() < length) {
            text.append((char) (random.nextBoolean() ? 'A' + random.nextInt(26) : ' ' + random.nextInt(95)));
        }
        return text.toString();
    }
}
