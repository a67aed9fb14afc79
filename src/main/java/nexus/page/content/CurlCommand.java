package nexus.page.content;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The command that makes a described request with curl. It can be pasted into a shell whatever the request contains: every
 * word that is not plain is quoted, and no control or formatting character stays in it as it is.
 */
public final class CurlCommand {
    /** Linux accepts words of up to 128 KiB; each character may need four in the command. */
    private static final int MOST_BODY_BYTES = 30_000;

    private CurlCommand() {}

    public static String of(ShownRequest request) {
        StringBuilder command = new StringBuilder("curl --globoff -i -X ").append(quoted(request.method()));
        for (Map.Entry<String, String> header : request.headers().entrySet()) {
            command.append(" \\\n  -H ").append(quoted(header(header.getKey(), header.getValue())));
        }
        if (!request.body().isEmpty()) {
            if (request.headers().keySet().stream().noneMatch("content-type"::equalsIgnoreCase)) {
                command.append(" \\\n  -H 'Content-Type:'");
            }
            command.append(
                    isLong(request.body())
                            ? " \\\n  --data-binary @body"
                            : " \\\n  --data-raw " + quoted(request.body()));
        }
        return command.append(" \\\n  ").append(quoted(request.url())).toString();
    }

    /** Whether the command reads the body from a file, because a shell takes no word that long. */
    public static boolean readsBodyFromFile(ShownRequest request) {
        return isLong(request.body());
    }

    private static boolean isLong(String body) {
        return body.getBytes(StandardCharsets.UTF_8).length > MOST_BODY_BYTES;
    }

    /** curl sends a header without a value only when its name ends with a semicolon. */
    private static String header(String name, String value) {
        return value.isBlank() ? name + ';' : name + ": " + value;
    }

    /** One word for a POSIX shell, bash or zsh. */
    static String quoted(String word) {
        if (!word.isEmpty() && word.chars().allMatch(CurlCommand::isPlain)) {
            return word;
        }
        return word.codePoints().anyMatch(CurlCommand::isUnseen)
                ? escaped(word)
                : '\'' + word.replace("'", "'\\''") + '\'';
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "-_./:".indexOf(c) >= 0;
    }

    /** A character that a terminal might act on, or that changes how the text around it looks. */
    private static boolean isUnseen(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** In the notation of {@code $'…'}, with the bytes of unseen characters in octal. */
    private static String escaped(String word) {
        StringBuilder out = new StringBuilder("$'");
        word.codePoints().forEach(c -> {
            if (c == '\'' || c == '\\') {
                out.append('\\').appendCodePoint(c);
            } else if (isUnseen(c)) {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    out.append(String.format("\\%03o", b & 0xff));
                }
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.append('\'').toString();
    }
}
