package nexus.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The version of this build.
 *
 * @param number such as {@code 0.1.0}
 * @param commit the first characters of the commit's hash, or {@code unknown} when it was built without git
 */
public record Version(String number, String commit) {
    private static final Version CURRENT = read();

    public static Version current() {
        return CURRENT;
    }

    private static Version read() {
        Properties properties = new Properties();
        try (InputStream file = Version.class.getResourceAsStream("/build.properties")) {
            if (file != null) {
                properties.load(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Version(properties.getProperty("version", "unknown"), properties.getProperty("commit", "unknown"));
    }

    @Override
    public String toString() {
        return number + " (" + commit + ")";
    }
}
