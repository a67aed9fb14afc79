package nexus.command.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code .env} file: {@code NAME=value} lines, {@code #} comments, values bare or in one pair of quotes. */
final class DotEnv {
    private static final Pattern LINE = Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*)");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"\\s*(?:#.*)?|'([^']*)'\\s*(?:#.*)?");

    /** Some editors start a file in UTF-8 with it. */
    private static final String BYTE_ORDER_MARK = "^\ufeff";

    private DotEnv() {}

    /** The variables of the file; empty when there is no file. */
    static Map<String, String> read(Path file) throws StartRefused {
        if (!Files.isRegularFile(file)) {
            return Map.of();
        }
        Map<String, String> variables = new TreeMap<>();
        int number = 0;
        try {
            for (String line : Files.readAllLines(file)) {
                number++;
                String text = (number == 1 ? line.replaceFirst(BYTE_ORDER_MARK, "") : line).strip();
                if (text.isEmpty() || text.startsWith("#")) {
                    continue;
                }
                Matcher matcher = LINE.matcher(text);
                if (!matcher.matches()) {
                    throw new StartRefused("line " + number + " of .env is not NAME=value");
                }
                variables.put(matcher.group(1), value(matcher.group(2)));
            }
        } catch (IOException e) {
            throw new StartRefused(".env can't be read (is it UTF-8, and may this user read it?)");
        }
        return variables;
    }

    /** A comment after a bare value needs a blank before its {@code #}, because a password may hold one. */
    private static String value(String text) {
        Matcher quoted = QUOTED.matcher(text);
        if (quoted.matches()) {
            return quoted.group(1) != null ? quoted.group(1) : quoted.group(2);
        }
        return text.startsWith("#") ? "" : text.replaceFirst("\\s+#.*", "").strip();
    }
}
