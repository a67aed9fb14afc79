package nexus.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * A store with many rows in each place, skewed as a busy one is, for tests that only read. With the system property
 * {@code nexus.test.figures} it is the one behind that URL, filled by the same script with as many rows as figures need.
 */
public final class ManyRows {
    /** The last tenth of its deliveries is owed, and half of all events were for it. */
    public static final int BUSY_LANE = 2;

    public static final int QUIET_LANE = 40;
    public static final int LANES = 100;
    private static final String FIGURES = System.getProperty("nexus.test.figures", "");

    private ManyRows() {}

    private static final class Filled {
        static final String URL = FIGURES.isEmpty() ? fill() : FIGURES;

        private static String fill() {
            String url = TestPostgres.freshStore();
            TestPostgres.execute(
                    url,
                    script().replace(":events", "60000")
                            .replace(":fanout", "100")
                            .replace(":lanes", Integer.toString(LANES)));
            return url;
        }
    }

    /** Whether figures are asked for: each read is run once before, and what it costs is printed. */
    static boolean isForFigures() {
        return !FIGURES.isEmpty();
    }

    public static String url() {
        return Filled.URL;
    }

    public static UUID subscriptionId(int lane) {
        return new StoreRows(url()).subscriptionId(lane);
    }

    /** An event that went to every lane. */
    public static UUID eventToAll() {
        return UUID.fromString(
                TestPostgres.query(url(), "SELECT id FROM nexus.event WHERE type = 'fan.out' ORDER BY seq DESC LIMIT 1")
                        .getFirst());
    }

    private static String script() {
        try (InputStream script = ManyRows.class.getResourceAsStream("/many-rows.sql")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
